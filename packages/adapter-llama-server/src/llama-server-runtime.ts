import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BackendFailedError, CapabilityMissingError } from '@plimsoll/domain';
import type {
  CallOptions,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  InstalledVariant,
  LoadOptions,
  ModelRuntime,
  RerankResult,
  ResidentModel,
  RuntimeCapabilities,
  RuntimeInfo,
  UnloadOptions,
} from '@plimsoll/domain';
import { ModelFiles, ResidentModels } from '@plimsoll/local-models';
import type { ModelFile, ResidencyOptions } from '@plimsoll/local-models';
import { RANKING_ARGUMENTS, embeddingArguments } from './embedding-arguments.js';
import { RestartDelay } from './restart-delay.js';
import { serverArguments } from './server-arguments.js';
import { SERVED_NAME, ServerHost } from './server-host.js';
import type { ServerAddress } from './server-host.js';

/** How the servers are started. */
export interface LlamaServerRuntimeOptions extends ResidencyOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  /** The llama-server program. */
  readonly program: string;
  /** Makes the client that speaks with a server: any runtime for OpenAI's API. */
  readonly connect: (address: ServerAddress) => ModelRuntime;
  /** More arguments for every server. */
  readonly extraArguments?: readonly string[] | undefined;
}

const DRAIN_MS = 30_000;
/** Operating points whose ends are remembered. */
const MAX_DELAYS = 256;
const run = promisify(execFile);

/** Starts the user's own llama-server for every model that is asked for, at the operating point that is asked for. */
export class LlamaServerRuntime implements ModelRuntime {
  readonly id = 'llama-server';
  readonly capabilities: RuntimeCapabilities = {
    chat: true,
    images: true,
    embeddings: true,
    topLogprobs: 20,
    jsonSchema: true,
    residency: true,
    kvCachePerModel: true,
  };
  readonly #options: LlamaServerRuntimeOptions;
  readonly #files: ModelFiles;
  readonly #models: ResidentModels<ServerHost>;
  /** A llama-server answers, embeds or ranks. */
  readonly #embedding: ResidentModels<ServerHost>;
  readonly #ranking: ResidentModels<ServerHost>;

  /** By model and operating point: at a smaller one the server may well run. */
  readonly #delays = new Map<string, RestartDelay>();

  constructor(options: LlamaServerRuntimeOptions) {
    this.#options = options;
    this.#files = new ModelFiles(options);
    this.#models = this.#residents(async () => []);
    this.#embedding = this.#residents((path) => embeddingArguments(path, options.inspector));
    this.#ranking = this.#residents(async () => RANKING_ARGUMENTS);
  }

  async info(): Promise<RuntimeInfo> {
    const { program } = this.#options;
    const said = await run(program, ['--version'], { timeout: 10_000 }).then(
      ({ stdout, stderr }) => stdout + stderr,
      () => '',
    );
    return { name: 'llama-server, managed', version: /version: (.+)/.exec(said)?.[1]?.trim() ?? null, endpoint: null };
  }

  async list(): Promise<readonly InstalledVariant[]> {
    return this.#files.list();
  }

  async find(name: string): Promise<InstalledVariant | null> {
    return this.#files.find(name);
  }

  async resident(): Promise<readonly ResidentModel[]> {
    return (await Promise.all(this.#all().map((models) => models.list()))).flat();
  }

  async load(name: string, load: LoadOptions = {}, { signal }: CallOptions = {}): Promise<{ readonly loadMs: number }> {
    return this.#models.load(await this.#files.require(name, signal), load, signal);
  }

  async unload(name: string, { drainMs = DRAIN_MS }: UnloadOptions = {}): Promise<void> {
    const path = await this.#files.pathOf(name);
    await Promise.all(this.#all().map((models) => models.unload(name, path, drainMs)));
  }

  async *generate(request: GenerateRequest, options: CallOptions = {}): AsyncGenerator<GenerateEvent> {
    const { signal } = options;
    const startedMs = performance.now();
    const file = await this.#files.require(request.model, signal);
    const load = { ...request.load, adapters: request.load?.adapters ?? [] };
    const { host, loadMs, leave } = await this.#models.enter(file, load, signal);
    let firstTokenMs: number | null = null;
    try {
      for await (const event of host.client.generate({ ...request, model: SERVED_NAME, load: undefined }, options)) {
        if (event.type === 'done') {
          this.#delay(file.path, load).answered();
          const totalMs = performance.now() - startedMs;
          yield { ...event, timings: { ...event.timings, loadMs, firstTokenMs, totalMs } };
        } else {
          firstTokenMs ??= performance.now() - startedMs;
          yield event;
        }
      }
    } catch (error) {
      throw await causeOf(error, host, signal);
    } finally {
      leave();
    }
  }

  async embed(model: string, texts: readonly string[], options: CallOptions = {}): Promise<EmbedResult> {
    if (texts.length === 0) return { vectors: [] };
    const file = await this.#files.requireEmbedder(model, options.signal);
    return this.#with(this.#embedding, file, options, (client) => client.embed(SERVED_NAME, texts, options));
  }

  async rerank(
    model: string,
    query: string,
    documents: readonly string[],
    options: CallOptions = {},
  ): Promise<RerankResult> {
    const file = await this.#files.requireReranker(model, options.signal);
    return this.#with(this.#ranking, file, options, async (client) => {
      if (client.rerank === undefined) throw new CapabilityMissingError('The client of llama-server cannot rank.');
      return client.rerank(SERVED_NAME, query, documents, options);
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#all().map((models) => models.close()));
  }

  #all(): readonly ResidentModels<ServerHost>[] {
    return [this.#models, this.#embedding, this.#ranking];
  }

  async #with<Result>(
    models: ResidentModels<ServerHost>,
    file: ModelFile,
    { signal }: CallOptions,
    ask: (client: ModelRuntime) => Promise<Result>,
  ): Promise<Result> {
    const { host, leave } = await models.enter(file, {}, signal);
    try {
      return await ask(host.client);
    } catch (error) {
      throw await causeOf(error, host, signal);
    } finally {
      leave();
    }
  }

  #residents(kind: (path: string) => Promise<readonly string[]>): ResidentModels<ServerHost> {
    const { program, connect, extraArguments = [] } = this.#options;
    return new ResidentModels({
      ...this.#options,
      open: ({ name, path }, load) => {
        const delay = this.#delay(path, load);
        const leftMs = delay.leftMs(performance.now());
        if (leftMs > 0) {
          const seconds = Math.ceil(leftMs / 1000);
          throw new BackendFailedError(`llama-server keeps ending with ${name}; it is started again in ${seconds} s.`, {
            hint: `Choose a lower level or a shorter context, or try it by hand: ${program} --model ${path}`,
          });
        }
        const onEnd = (ranMs: number): void => delay.ended(performance.now(), ranMs);
        const all = kind(path).then((own) => [...own, ...extraArguments]);
        return new ServerHost({ program, connect, model: path, load, extraArguments: all, onEnd });
      },
      // Where the layers go is the server's choice, unless it was planned that all stay here.
      expectedHostBytes: ({ sizeBytes }, load) => (load.placement?.gpuLayers === 0 ? sizeBytes : 0),
    });
  }

  #delay(path: string, load: LoadOptions): RestartDelay {
    const key = serverArguments(path, load).join(' ');
    const delay = this.#delays.get(key) ?? new RestartDelay();
    // The newest stand last: whoever is forgotten has not been used for long.
    this.#delays.delete(key);
    this.#delays.set(key, delay);
    for (const old of this.#delays.keys()) {
      if (this.#delays.size <= MAX_DELAYS) break;
      this.#delays.delete(old);
    }
    return delay;
  }
}

/** A server that has gone says more than the connection that broke; it may take a moment until that is known. */
async function causeOf(error: unknown, host: ServerHost, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal?.aborted === true) return error;
  for (let look = 0; look < 10 && !host.ended; look++) await new Promise((resolve) => setTimeout(resolve, 20));
  return host.ended ? host.failure : error;
}
