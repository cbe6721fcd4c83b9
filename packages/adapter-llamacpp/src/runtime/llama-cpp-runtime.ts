import { randomInt } from 'node:crypto';
import { CancelledError, InvalidInputError } from '@plimsoll/domain';
import type {
  CallOptions,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  InstalledVariant,
  LoadOptions,
  ModelInspector,
  ModelRuntime,
  ResidentModel,
  RuntimeCapabilities,
  RuntimeInfo,
} from '@plimsoll/domain';
import type { EngineOptions } from '../engine/engine-options.js';
import type { SessionOptions } from '../engine/protocol.js';
import { LLAMA_RELEASE, PACKAGE_VERSION } from '../native/build.js';
import { findEngineFiles } from '../native/engine-files.js';
import { FileFacts } from './file-facts.js';
import { ModelFolder } from './model-folder.js';
import { ResidentModelSlot } from './resident-model-slot.js';
import { MAX_TOP_LOGPROBS, sessionRequest } from './session-request.js';
import { defaultThreads } from './threads.js';

/** How the embedded runtime is set up. */
export interface LlamaCppRuntimeOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  /** Tells level and architecture of the files; without one they are unknown. */
  readonly inspector?: ModelInspector | undefined;
  readonly engine?: EngineOptions | undefined;
  /** Models kept loaded at once; the one unused longest goes when another is needed. 3 when absent. */
  readonly maxResidentModels?: number | undefined;
  /** Requests that may wait for one model. 64 when absent. */
  readonly maxWaitingRequests?: number | undefined;
  /** Milliseconds a model stays after its last use. Five minutes when absent. */
  readonly keepAliveMs?: number | 'forever' | undefined;
}

const FIVE_MINUTES_MS = 300_000;

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
  readonly #folder: ModelFolder;
  readonly #files: FileFacts;
  readonly #options: LlamaCppRuntimeOptions;
  readonly #slots = new Map<string, ResidentModelSlot>();

  constructor(options: LlamaCppRuntimeOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#files = new FileFacts(options.inspector ?? null);
    this.#options = options;
  }

  async info(): Promise<RuntimeInfo> {
    const { flavor } = findEngineFiles(this.#options.engine ?? {});
    return {
      name: 'llama.cpp, embedded',
      version: `${LLAMA_RELEASE} (node-llama-cpp ${PACKAGE_VERSION}, ${flavor})`,
      endpoint: null,
    };
  }

  async list(): Promise<readonly InstalledVariant[]> {
    return Promise.all((await this.#folder.list()).map((file) => this.#files.variant(file)));
  }

  async find(name: string): Promise<InstalledVariant | null> {
    const file = await this.#folder.find(name);
    return file === null ? null : this.#files.variant(file);
  }

  async resident(): Promise<readonly ResidentModel[]> {
    const loaded = await Promise.all(
      [...this.#slots.values()].map(async (slot) => {
        const facts = slot.engine.ended ? null : await slot.facts.catch(() => null);
        if (facts === null) return null;
        const { sizeBytes, deviceBytes, contextTokens } = facts;
        return { name: slot.name, sizeBytes, deviceBytes, contextTokens, expiresAtMs: slot.expiresAtMs };
      }),
    );
    return loaded.filter((model) => model !== null);
  }

  async load(name: string, load?: LoadOptions, options: CallOptions = {}): Promise<{ readonly loadMs: number }> {
    const { loadMs } = await this.#loaded(name, load, options.signal);
    return { loadMs };
  }

  async unload(name: string): Promise<void> {
    const file = await this.#folder.find(name);
    for (const [key, slot] of this.#slots) {
      if (slot.name !== name && slot.options.path !== file?.path) continue;
      this.#slots.delete(key);
      await slot.close();
    }
  }

  async *generate(request: GenerateRequest, options: CallOptions = {}): AsyncGenerator<GenerateEvent> {
    const { signal } = options;
    const startedMs = performance.now();
    const work = sessionRequest(request, () => randomInt(2 ** 32));
    const { slot, loadMs } = await this.#loaded(request.model, request.load, signal);
    const leave = await slot.queue.enter(signal);
    let firstTokenMs: number | null = null;
    try {
      for await (const event of slot.engine.stream('generate', work, signal)) {
        if (event.type === 'text') {
          firstTokenMs ??= performance.now() - startedMs;
          yield event;
        } else {
          const totalMs = performance.now() - startedMs;
          yield { ...event, timings: { ...event.timings, loadMs, firstTokenMs, totalMs } };
        }
      }
    } finally {
      leave();
      this.#touch(slot, request.load);
    }
  }

  async embed(model: string, texts: readonly string[], options: CallOptions = {}): Promise<EmbedResult> {
    const { slot } = await this.#loaded(model, undefined, options.signal);
    const leave = await slot.queue.enter(options.signal);
    try {
      return { vectors: await slot.engine.call('embed', texts, options.signal) };
    } finally {
      leave();
      this.#touch(slot, undefined);
    }
  }

  async close(): Promise<void> {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    await Promise.all(slots.map((slot) => slot.close()));
  }

  /** The model's slot, loaded if it was not, and the time that took. */
  async #loaded(
    name: string,
    load: LoadOptions | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ slot: ResidentModelSlot; loadMs: number }> {
    if (signal?.aborted === true) throw new CancelledError('Cancelled before the model was loaded.');
    const { path } = await this.#folder.require(name);
    const wanted = sessionOptions(path, load);
    const known = this.#slots.get(path);
    if (known?.serves(wanted, load) === true) {
      await abortable(known.facts, signal);
      this.#touch(known, load);
      return { slot: known, loadMs: 0 };
    }
    if (known !== undefined) {
      // Whoever still uses it finishes first.
      (await known.queue.enter(signal))();
      if (this.#slots.get(path) === known) this.#slots.delete(path);
      await known.close();
    }
    await this.#makeRoom();
    const { engine = {}, maxWaitingRequests = 64 } = this.#options;
    const slot = new ResidentModelSlot(name, wanted, engine, maxWaitingRequests);
    this.#slots.set(path, slot);
    try {
      const { loadMs } = await abortable(slot.facts, signal);
      this.#touch(slot, load);
      return { slot, loadMs };
    } catch (error) {
      if (this.#slots.get(path) === slot) this.#slots.delete(path);
      await slot.close();
      throw error;
    }
  }

  async #makeRoom(): Promise<void> {
    const { maxResidentModels = 3 } = this.#options;
    const idle = [...this.#slots].filter(([, slot]) => !slot.queue.busy);
    idle.sort(([, a], [, b]) => a.lastUsedMs - b.lastUsedMs);
    for (const [key, slot] of idle) {
      if (this.#slots.size < maxResidentModels) return;
      this.#slots.delete(key);
      await slot.close();
    }
  }

  #touch(slot: ResidentModelSlot, load: LoadOptions | undefined): void {
    const keepAlive = load?.keepAlive ?? this.#options.keepAliveMs ?? FIVE_MINUTES_MS;
    slot.touch(keepAlive, Date.now(), () => {
      if (slot.queue.busy) {
        this.#touch(slot, load);
        return;
      }
      if (this.#slots.get(slot.options.path) === slot) this.#slots.delete(slot.options.path);
      void slot.close();
    });
  }
}

function sessionOptions(path: string, load: LoadOptions | undefined): SessionOptions {
  const threads = load?.threads;
  for (const [key, value] of Object.entries({ threads, contextTokens: load?.contextTokens })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0 && value < 2 ** 31)) {
      throw new InvalidInputError(`${key} is ${value}; a whole number above 0 is needed.`);
    }
  }
  const defaults = defaultThreads();
  return {
    path,
    contextTokens: load?.contextTokens ?? null,
    gpuLayers: load?.gpuLayers ?? null,
    kvCacheType: load?.kvCacheType ?? 'f16',
    decodeThreads: threads === undefined ? defaults.decode : [threads],
    batchThreads: threads === undefined ? defaults.batch : [threads],
  };
}

/** Stops waiting, not the work, when the signal aborts. */
async function abortable<Value>(work: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return work;
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new CancelledError('Cancelled while the model was loading.'));
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (abort !== undefined) signal.removeEventListener('abort', abort);
  }
}
