import type { EngineOptions } from './engine-options.js';
import { EngineProcess } from './engine-process.js';
import type { EngineCall, EngineCalls } from './protocol.js';

const IDLE_MS = 15_000;

/** One engine process for short questions, started when first asked, ended when idle, restarted when it died. */
export class SharedEngine {
  readonly #options: EngineOptions;
  #engine: EngineProcess | null = null;
  #running = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: EngineOptions = {}) {
    this.#options = options;
  }

  /** Makes one call. */
  async call<Name extends EngineCall>(
    method: Name,
    params: EngineCalls[Name]['params'],
    signal?: AbortSignal,
  ): Promise<EngineCalls[Name]['result']> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#engine === null || this.#engine.ended) this.#engine = new EngineProcess(this.#options);
    this.#running++;
    try {
      return await this.#engine.call(method, params, signal);
    } finally {
      if (--this.#running === 0) this.#timer = setTimeout(() => void this.close(), IDLE_MS).unref();
    }
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const engine = this.#engine;
    this.#engine = null;
    await engine?.close();
  }
}
