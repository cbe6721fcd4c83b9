import type { CallOptions, Footprint, FootprintModelOptions, FootprintOracle, RunShape } from '@plimsoll/domain';
import type { EngineOptions } from './engine-options.js';
import { SharedEngine } from './shared-engine.js';

/** How the engine is asked. */
export interface FootprintOracleOptions extends EngineOptions {
  /** Whose logits are reserved, as in a footprint model. Default `last`, which is what generating takes. */
  readonly outputs?: FootprintModelOptions['outputs'];
}

/**
 * Exact bytes from llama.cpp itself: it loads the header alone, reserves everything in thought and tells what
 * it would have taken. Weight repacking is off, so that the figures are those of `--no-repack`.
 */
export class LlamaCppFootprintOracle implements FootprintOracle {
  readonly #engine: SharedEngine;
  readonly #outputs: FootprintModelOptions['outputs'];

  constructor({ outputs = 'last', ...options }: FootprintOracleOptions = {}) {
    this.#engine = new SharedEngine(options);
    this.#outputs = outputs;
  }

  async measure(path: string, shape: RunShape, options: CallOptions = {}): Promise<Footprint> {
    return this.#engine.call('measure', { path, shape, outputs: this.#outputs }, options.signal);
  }

  /** Ends the engine's process; the next question starts another. */
  async close(): Promise<void> {
    await this.#engine.close();
  }
}
