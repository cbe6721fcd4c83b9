import { randomInt } from 'node:crypto';
import type {
  CallOptions,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  InstalledVariant,
  LoadOptions,
  ModelInspector,
  ModelRuntime,
  RerankResult,
  ResidentModel,
  RuntimeCapabilities,
  RuntimeInfo,
  UnloadOptions,
} from '@plimsoll/domain';
import { ModelFiles, ResidentModels } from '@plimsoll/local-models';
import type { ModelFile, ResidencyOptions } from '@plimsoll/local-models';
import type { EngineOptions } from '../engine/engine-options.js';
import type { EngineProcess } from '../engine/engine-process.js';
import { LLAMA_RELEASE, PACKAGE_VERSION } from '../native/build.js';
import { findEngineFiles } from '../native/engine-files.js';
import { EngineHost } from './engine-host.js';
import { MAX_TOP_LOGPROBS, sessionRequest } from './session-request.js';

/** How the embedded runtime is set up. */
export interface LlamaCppRuntimeOptions extends ResidencyOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  /** Tells level and architecture of the files; without one they are unknown. */
  readonly inspector?: ModelInspector | undefined;
  readonly engine?: EngineOptions | undefined;
}

/** Running answers are given so long to end when a model is unloaded. */
const DRAIN_MS = 30_000;

/** llama.cpp inside Node: each loaded model lives in a process of its own. */
export class LlamaCppRuntime implements ModelRuntime {
  readonly id = 'embedded';
  readonly capabilities: RuntimeCapabilities = {
    chat: true,
    images: false,
    embeddings: true,
    topLogprobs: MAX_TOP_LOGPROBS,
    jsonSchema: true,
    residency: true,
    kvCachePerModel: true,
  };
  readonly #files: ModelFiles;
  readonly #options: LlamaCppRuntimeOptions;
  readonly #models: ResidentModels<EngineHost>;

  constructor(options: LlamaCppRuntimeOptions) {
    this.#files = new ModelFiles(options);
    this.#options = options;
    const { engine = {} } = options;
    this.#models = new ResidentModels({
      ...options,
      open: ({ path }, load) => new EngineHost(path, load, engine),
      expectedHostBytes: ({ sizeBytes }, load) =>
        findEngineFiles(engine).flavor === 'cpu' || load.placement?.gpuLayers === 0 ? sizeBytes : 0,
    });
  }

  async info(): Promise<RuntimeInfo> {
    const { build } = findEngineFiles(this.#options.engine ?? {});
    return {
      name: 'llama.cpp, embedded',
      version: `${LLAMA_RELEASE} (node-llama-cpp ${PACKAGE_VERSION}, ${build})`,
      endpoint: null,
    };
  }

  async list(): Promise<readonly InstalledVariant[]> {
    return this.#files.list();
  }

  async find(name: string): Promise<InstalledVariant | null> {
    return this.#files.find(name);
  }

  async resident(): Promise<readonly ResidentModel[]> {
    return this.#models.list();
  }

  async load(name: string, load: LoadOptions = {}, options: CallOptions = {}): Promise<{ readonly loadMs: number }> {
    const { signal } = options;
    return this.#models.load(await this.#files.require(name, signal), load, signal);
  }

  async unload(name: string, { drainMs = DRAIN_MS }: UnloadOptions = {}): Promise<void> {
    await this.#models.unload(name, await this.#files.pathOf(name), drainMs);
  }

  async dropIdleCache(name: string): Promise<boolean> {
    const path = await this.#files.pathOf(name);
    return path !== null && (await this.#models.dropCache(path));
  }

  async *generate(request: GenerateRequest, options: CallOptions = {}): AsyncGenerator<GenerateEvent> {
    const { signal } = options;
    const startedMs = performance.now();
    const work = sessionRequest(request, () => randomInt(2 ** 32));
    const file = await this.#files.require(request.model, signal);
    const load = { ...request.load, adapters: request.load?.adapters ?? [] };
    const { host, loadMs, leave } = await this.#models.enter(file, load, signal);
    let firstTokenMs: number | null = null;
    try {
      for await (const event of host.engine.stream('generate', work, signal)) {
        if (event.type === 'text') {
          firstTokenMs ??= performance.now() - startedMs;
          yield event;
        } else if (event.type === 'done') {
          const totalMs = performance.now() - startedMs;
          yield { ...event, timings: { ...event.timings, loadMs, firstTokenMs, totalMs } };
        }
      }
    } finally {
      leave();
    }
  }

  async embed(model: string, texts: readonly string[], options: CallOptions = {}): Promise<EmbedResult> {
    const file = await this.#files.requireEmbedder(model, options.signal);
    const vectors = await this.#with(file, options, (engine, signal) => engine.call('embed', texts, signal));
    return { vectors };
  }

  async rerank(
    model: string,
    query: string,
    documents: readonly string[],
    options: CallOptions = {},
  ): Promise<RerankResult> {
    const file = await this.#files.requireReranker(model, options.signal);
    return this.#with(file, options, (engine, signal) => engine.call('rerank', { query, documents }, signal));
  }

  async close(): Promise<void> {
    await this.#models.close();
  }

  async #with<Result>(
    file: ModelFile,
    { signal }: CallOptions,
    ask: (engine: EngineProcess, signal: AbortSignal | undefined) => Promise<Result>,
  ): Promise<Result> {
    const { host, leave } = await this.#models.enter(file, {}, signal);
    try {
      return await ask(host.engine, signal);
    } finally {
      leave();
    }
  }
}
