import type { LoadOptions } from '@plimsoll/domain';
import type { DroppedCache, LoadedModel, ModelHost } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import { EngineProcess } from '../engine/engine-process.js';
import { defaultThreads } from './threads.js';

/** An engine process with one model in it. */
export class EngineHost implements ModelHost {
  readonly engine: EngineProcess;
  readonly loaded: Promise<LoadedModel>;

  constructor(path: string, load: LoadOptions, options: EngineOptions) {
    this.engine = new EngineProcess(options);
    const asked = load.threads === undefined ? null : [load.threads];
    const { decode, batch } = defaultThreads();
    const threads = { decodeThreads: asked ?? decode, batchThreads: asked ?? batch };
    this.loaded = this.engine.call('open', { path, load, ...threads });
  }

  get ended(): boolean {
    return this.engine.ended;
  }

  async dropCache(): Promise<DroppedCache | null> {
    return this.engine.call('dropCache', null);
  }

  async close(reason?: Error): Promise<void> {
    await this.engine.close(reason);
  }
}
