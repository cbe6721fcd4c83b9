import type { CallOptions, Footprint, FootprintOracle, RunShape } from '@plimsoll/domain';
import type { EngineOptions } from './engine-options.js';
import { SharedEngine } from './shared-engine.js';

/**
 * Exact bytes from llama.cpp itself: it loads the header alone, reserves everything in thought and tells what
 * it would have taken. Weight repacking is off, so that the figures are those of `--no-repack`.
 */
export class LlamaCppFootprintOracle implements FootprintOracle {
  readonly #engine: SharedEngine;

  constructor(options: EngineOptions = {}) {
    this.#engine = new SharedEngine(options);
  }

  async measure(path: string, shape: RunShape, options: CallOptions = {}): Promise<Footprint> {
    return this.#engine.call('measure', { path, shape }, options.signal);
  }

  /** Ends the engine's process; the next question starts another. */
  async close(): Promise<void> {
    await this.#engine.close();
  }
}
