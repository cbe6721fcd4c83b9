import { isPlimsollError } from '@plimsoll/domain';
import type { LoadOptions } from '@plimsoll/domain';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import type { SessionFacts, SessionOptions } from '../engine/protocol.js';
import { RequestQueue } from './request-queue.js';

/** A loaded model: its process, its queue and the time at which it goes. */
export class ResidentModelSlot {
  readonly name: string;
  readonly options: SessionOptions;
  readonly queue: RequestQueue;
  readonly engine: EngineProcess;
  readonly facts: Promise<SessionFacts>;
  /** Milliseconds since 1970, or null for never. */
  expiresAtMs: number | null = null;
  lastUsedMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(name: string, options: SessionOptions, engine: EngineOptions, queueCapacity: number) {
    this.name = name;
    this.options = options;
    this.queue = new RequestQueue(queueCapacity);
    this.engine = new EngineProcess(engine);
    this.facts = this.engine.call('open', options).catch(async (error: unknown) => {
      await this.engine.close();
      throw error;
    });
    // Whoever waits for it sees the failure; nobody waiting is no crash.
    this.facts.catch((error: unknown) => isPlimsollError(error));
  }

  /** Whether it can serve a request with these options without being loaded again. */
  serves(options: SessionOptions, asked: LoadOptions | undefined): boolean {
    const mine = this.options;
    return (
      !this.engine.ended &&
      mine.path === options.path &&
      (asked?.contextTokens === undefined || mine.contextTokens === options.contextTokens) &&
      (asked?.gpuLayers === undefined || mine.gpuLayers === options.gpuLayers) &&
      (asked?.kvCacheType === undefined || mine.kvCacheType === options.kvCacheType) &&
      (asked?.threads === undefined || String(mine.batchThreads) === String(options.batchThreads))
    );
  }

  /** Starts the time until it is unloaded anew. */
  touch(keepAlive: number | 'forever', nowMs: number, expire: () => void): void {
    this.lastUsedMs = nowMs;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.expiresAtMs = keepAlive === 'forever' ? null : nowMs + keepAlive;
    if (keepAlive !== 'forever') this.#timer = setTimeout(expire, Math.min(keepAlive, 0x7fff_ffff)).unref();
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.engine.close();
  }
}
