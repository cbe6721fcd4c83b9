import {
  isPlimsollError,
  type CallOptions,
  type EmbedResult,
  type GenerateEvent,
  type GenerateRequest,
  type InstalledVariant,
  type LoadOptions,
  type ModelRuntime,
  type NativeApis,
  type ResidentModel,
  type RuntimeCapabilities,
  type RuntimeInfo,
} from '@plimsoll/domain';
import { drain } from '@plimsoll/transport';
import { errorFromServer } from '../errors/server-failure.js';
import { sameOllamaName } from '../model-name.js';
import { OllamaApi } from '../ollama-api.js';
import { MAX_TOP_LOGPROBS, generateEvents } from './generate.js';
import { installedVariant, residentModel } from './installed-variant.js';
import { keepAliveField } from './keep-alive.js';
import { loadFields } from './request-options.js';
import { TESTED_UP_TO, isUntested } from './tested-version.js';

/** A runner needs a moment to go after it was told to. */
const UNLOAD_POLLS = 100;
const UNLOAD_POLL_MS = 50;

/** Runs models on an Ollama server. */
export class OllamaRuntime implements ModelRuntime {
  readonly id = 'ollama';
  readonly capabilities: RuntimeCapabilities = {
    chat: true,
    images: true,
    embeddings: true,
    topLogprobs: MAX_TOP_LOGPROBS,
    jsonSchema: true,
    residency: true,
  };
  readonly #api: OllamaApi;

  constructor(api: OllamaApi = new OllamaApi()) {
    this.#api = api;
  }

  get apis(): NativeApis {
    return {
      address: this.#api.address,
      dialects: ['ollama', 'openai', 'anthropic'],
      errorOf: (status, message, model) => errorFromServer({ status, message, model }),
    };
  }

  async info(options: CallOptions = {}): Promise<RuntimeInfo> {
    const version = await this.#api.version(options);
    return {
      ...{ name: 'Ollama', version, endpoint: this.#api.address },
      ...(isUntested(version) ? { testedUpTo: TESTED_UP_TO } : {}),
    };
  }

  async list(options: CallOptions = {}): Promise<readonly InstalledVariant[]> {
    return (await this.#api.tags(options)).map(installedVariant);
  }

  async find(name: string, options: CallOptions = {}): Promise<InstalledVariant | null> {
    return (await this.list(options)).find((variant) => sameOllamaName(variant.name, name)) ?? null;
  }

  async resident(options: CallOptions = {}): Promise<readonly ResidentModel[]> {
    return (await this.#api.resident(options)).map(residentModel);
  }

  /** A model that only embeds is loaded through an empty embedding. */
  async load(name: string, load: LoadOptions = {}, options: CallOptions = {}): Promise<{ readonly loadMs: number }> {
    const wasThere = await this.#isResidentAs(name, load, options);
    const body = { model: name, options: loadFields(load), ...keepAliveField(load.keepAlive) };
    const startMs = this.#api.monotonicMs();
    try {
      await drain(this.#api.generate({ ...body, prompt: '' }, options));
    } catch (error) {
      if (!isPlimsollError(error) || !isEmbeddingOnly(error)) throw error;
      await this.#api.embed({ ...body, input: [] }, options);
    }
    return { loadMs: wasThere ? 0 : this.#api.monotonicMs() - startMs };
  }

  async unload(name: string, options: CallOptions = {}): Promise<void> {
    await drain(this.#api.generate({ model: name, prompt: '', keep_alive: 0 }, options));
    for (let poll = 0; poll < UNLOAD_POLLS && (await this.#findResident(name, options)) !== null; poll += 1) {
      await new Promise((resolve) => setTimeout(resolve, UNLOAD_POLL_MS));
    }
  }

  generate(request: GenerateRequest, options: CallOptions = {}): AsyncIterable<GenerateEvent> {
    return generateEvents(this.#api, request, options);
  }

  /** A text that does not fit the model's context is an error, not a silently shortened one. */
  async embed(model: string, texts: readonly string[], options: CallOptions = {}): Promise<EmbedResult> {
    if (texts.length === 0) return { vectors: [] };
    return { vectors: await this.#api.embed({ model, input: texts, truncate: false }, options) };
  }

  async close(): Promise<void> {
    await this.#api.close();
  }

  async #findResident(name: string, options: CallOptions): Promise<ResidentModel | null> {
    return (await this.resident(options)).find((model) => sameOllamaName(model.name, name)) ?? null;
  }

  /** Whether loading will find the model as it is wanted; what the server does not tell counts as different. */
  async #isResidentAs(name: string, load: LoadOptions, options: CallOptions): Promise<boolean> {
    const resident = await this.#findResident(name, options);
    const { placement, threads, batchTokens } = load;
    if (resident === null || [placement?.gpuLayers, threads, batchTokens].some((value) => value !== undefined))
      return false;
    return load.contextTokens === undefined || load.contextTokens === resident.contextTokens;
  }
}

function isEmbeddingOnly(error: { readonly code: string; readonly message: string }): boolean {
  return error.code === 'capability-missing' && /does not support (?:generate|completion)/i.test(error.message);
}
