import { z } from 'zod';
import { BackendFailedError, ModelNotFoundError, isPlimsollError, throwIfCancelled } from '@plimsoll/domain';
import type {
  CallOptions,
  EmbedResult,
  GenerateEvent,
  GenerateRequest,
  InstalledVariant,
  ModelRuntime,
  RerankResult,
  ResidentModel,
  RuntimeCapabilities,
  RuntimeInfo,
} from '@plimsoll/domain';
import { embeddingsAnswer, modelListAnswer, rerankAnswer } from '@plimsoll/protocol/openai';
import { generationRequest } from './generation-request.js';
import { parseEndpoint } from './http/endpoint.js';
import type { Endpoint } from './http/endpoint.js';
import { OpenAiHttp, missing } from './http/openai-http.js';
import { DEFAULT_TIMEOUTS } from './http/timeouts.js';
import type { HttpTimeouts } from './http/timeouts.js';
import { installedVariant } from './installed-variant.js';
import { fileExists, localModelPath } from './local-model-path.js';
import { Stopwatch } from './stopwatch.js';
import { parseChunk, parseInfillChunk } from './wire/chunk.js';
import { isNamed, modelEntries } from './wire/model-entry.js';
import type { ModelEntry } from './wire/model-entry.js';
import { rerankResult } from './wire/rerank-result.js';
import { serverKind } from './wire/server-kind.js';
import type { ServerKind } from './wire/server-kind.js';

/** How to reach a server. */
export interface OpenAiModelRuntimeOptions {
  /** Such as `http://127.0.0.1:8080/v1`; a bare origin means its `/v1`. */
  readonly baseUrl: string;
  /** Sent as a bearer token; never shown. */
  readonly apiKey?: string | null | undefined;
  readonly timeouts?: Partial<HttpTimeouts> | undefined;
  /** What is known about the server beyond the usual: servers do not tell their capabilities. */
  readonly capabilities?: Partial<RuntimeCapabilities> | undefined;
  /** Monotonic milliseconds, for timings. */
  readonly nowMs?: (() => number) | undefined;
  /** Whether a file is there, to recognise a model file that lies on this machine. */
  readonly fileExists?: ((path: string) => boolean) | undefined;
}

/** What such servers usually do. OpenAI caps the alternatives of a token at 20, and so does vLLM. */
const CAPABILITIES: RuntimeCapabilities = {
  chat: true,
  images: true,
  embeddings: true,
  topLogprobs: 20,
  jsonSchema: true,
  residency: false,
};

/** Runs models on a server that speaks OpenAI's HTTP API: llama-server, LM Studio, vLLM and others. */
export class OpenAiModelRuntime implements ModelRuntime {
  readonly id = 'openai';
  readonly capabilities: RuntimeCapabilities;
  readonly #endpoint: Endpoint;
  readonly #http: OpenAiHttp;
  readonly #nowMs: () => number;
  readonly #fileExists: (path: string) => boolean;
  /** Models that were listed at some time; a name outside is looked up again. */
  #known: readonly ModelEntry[] = [];

  /** @throws InvalidConfigError for an unusable address or key. */
  constructor(options: OpenAiModelRuntimeOptions) {
    this.#endpoint = parseEndpoint(options.baseUrl, options.apiKey ?? null);
    this.#http = new OpenAiHttp(this.#endpoint, { ...DEFAULT_TIMEOUTS, ...options.timeouts });
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#fileExists = options.fileExists ?? fileExists;
    this.capabilities = { ...CAPABILITIES, ...options.capabilities, residency: false };
  }

  async info(options?: CallOptions): Promise<RuntimeInfo> {
    await this.#entries(options);
    const { name, about } = this.#kind();
    const version = about === null ? null : (await this.#about(options))[about.versionField];
    return { name, version: typeof version === 'string' ? version : null, endpoint: this.#endpoint.apiUrl };
  }

  async list(options?: CallOptions): Promise<readonly InstalledVariant[]> {
    const entries = await this.#entries(options);
    const path = await this.#path(entries, options);
    return entries.map((entry) => installedVariant(entry, path));
  }

  async find(name: string, options?: CallOptions): Promise<InstalledVariant | null> {
    const entries = await this.#entries(options);
    const entry = entries.find((candidate) => isNamed(candidate, name));
    return entry === undefined ? null : installedVariant(entry, await this.#path(entries, options));
  }

  /** The models of llama-server and vLLM are loaded from start to end; other servers do not tell. */
  async resident(options?: CallOptions): Promise<readonly ResidentModel[]> {
    const entries = await this.#entries(options);
    if (!this.#kind().listsLoadedModels) throw missing('tell which models are loaded');
    return entries.map(({ id, sizeBytes, contextTokens }) => ({
      name: id,
      sizeBytes,
      deviceBytes: null,
      contextTokens,
      expiresAtMs: null,
    }));
  }

  async load(): Promise<{ readonly loadMs: number }> {
    throw missing('load a model on request', 'Name the model when you start the server.');
  }

  async unload(): Promise<void> {
    throw missing('unload a model on request', 'Stop the server to free its memory.');
  }

  async *generate(request: GenerateRequest, options?: CallOptions): AsyncGenerator<GenerateEvent> {
    throwIfCancelled(options?.signal);
    this.#assertOffered(request);
    const stopwatch = new Stopwatch(this.#nowMs);
    await this.#assertServed(request.model, options);
    const { path, body } = generationRequest(request, this.#kind().llamaFields);
    const call = {
      path: path === '/infill' ? path : `${this.#endpoint.apiPath}${path}`,
      task: `answer with ${request.model}`,
      body,
      model: request.model,
      signal: options?.signal,
    };
    let stopReason: Extract<GenerateEvent, { type: 'done' }>['stopReason'] | null = null;
    let wroteText = false;
    let sawLogprobs = false;
    for await (const event of this.#http.events(call)) {
      const chunk = path === '/infill' ? parseInfillChunk(event) : parseChunk(event);
      stopwatch.told(chunk.usage, chunk.timings);
      stopReason = chunk.stopReason ?? stopReason;
      if (chunk.text !== '' || chunk.thinking !== '') stopwatch.text();
      if (chunk.thinking !== '') yield { type: 'text', text: chunk.thinking, thinking: true };
      if (chunk.text === '' && chunk.logprobs === null) continue;
      wroteText = true;
      sawLogprobs ||= chunk.logprobs !== null;
      yield { type: 'text', text: chunk.text, ...(request.topLogprobs ? chunk.logprobs : {}) };
    }
    if (stopReason === null) {
      throw new BackendFailedError('The server ended the answer before it was complete.', {
        hint: 'The server may have crashed or been stopped; its log tells more.',
      });
    }
    if (request.topLogprobs && wroteText && !sawLogprobs) throw missing('give log-probabilities (this one sent none)');
    yield { type: 'done', stopReason, timings: stopwatch.finish() };
  }

  async embed(model: string, texts: readonly string[], options?: CallOptions): Promise<EmbedResult> {
    if (!this.capabilities.embeddings) throw missing('embed texts (so it is configured)');
    if (texts.length === 0) return { vectors: [] };
    await this.#assertServed(model, options);
    const call = {
      path: `${this.#endpoint.apiPath}/embeddings`,
      task: `embed ${texts.length} texts`,
      body: { model, input: texts, encoding_format: 'float' },
      model,
      signal: options?.signal,
      patient: true,
    };
    const { data } = await this.#http.json(call, embeddingsAnswer);
    const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    if (vectors.length !== texts.length) {
      throw new BackendFailedError(`The server gave ${vectors.length} vectors for ${texts.length} texts.`);
    }
    return { vectors };
  }

  async rerank(
    model: string,
    query: string,
    documents: readonly string[],
    options?: CallOptions,
  ): Promise<RerankResult> {
    if (documents.length === 0) return { scores: [], promptTokens: 0 };
    await this.#assertServed(model, options);
    const call = {
      path: `${this.#endpoint.apiPath}/rerank`,
      task: `rank ${documents.length} documents`,
      body: { model, query, documents },
      model,
      signal: options?.signal,
      patient: true,
    };
    return rerankResult(await this.#http.json(call, rerankAnswer), documents.length);
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #entries(options: CallOptions | undefined): Promise<readonly ModelEntry[]> {
    const call = { path: `${this.#endpoint.apiPath}/models`, task: 'list its models', signal: options?.signal };
    this.#known = modelEntries(await this.#http.json(call, modelListAnswer));
    return this.#known;
  }

  #kind(): ServerKind {
    return serverKind(this.#known[0]?.ownedBy ?? null);
  }

  /** What the server's own route tells; nothing when it has none or refuses. */
  async #about(options: CallOptions | undefined): Promise<Readonly<Record<string, unknown>>> {
    const { about } = this.#kind();
    if (about === null) return {};
    const call = { path: about.path, task: 'describe itself', signal: options?.signal };
    try {
      return await this.#http.json(call, z.record(z.string(), z.unknown()));
    } catch (error) {
      throwIfCancelled(options?.signal);
      if (isPlimsollError(error)) return {};
      throw error;
    }
  }

  /** Only a server of one model tells where its file is. */
  async #path(entries: readonly ModelEntry[], options: CallOptions | undefined): Promise<string | null> {
    const field = this.#kind().about?.pathField ?? null;
    if (entries.length !== 1 || field === null) return null;
    return localModelPath(this.#endpoint.rootUrl, (await this.#about(options))[field], this.#fileExists);
  }

  /** A llama-server answers with its own model whatever name it is asked for; that must not go unnoticed. */
  async #assertServed(model: string, options: CallOptions | undefined): Promise<void> {
    if (this.#known.some((entry) => isNamed(entry, model))) return;
    const entries = await this.#entries(options);
    if (entries.some((entry) => isNamed(entry, model))) return;
    const names = entries.slice(0, 5).map(({ id }) => id);
    throw new ModelNotFoundError(`The server does not serve a model named ${model}.`, {
      hint: names.length === 0 ? 'It serves none.' : `It serves ${names.join(', ')}.`,
    });
  }

  #assertOffered(request: GenerateRequest): void {
    const { images, jsonSchema, topLogprobs } = this.capabilities;
    const { input } = request;
    const pictures = input.kind === 'chat' ? input.messages.flatMap((message) => message.images ?? []) : input.images;
    if (!images && pictures !== undefined && pictures.length > 0) throw missing('read images (so it is configured)');
    if ((request.load?.adapters ?? []).length > 0) throw missing('apply adapters', 'Start the server with them.');
    if (!jsonSchema && request.format !== undefined) throw missing('keep to a schema (so it is configured)');
    if ((request.topLogprobs ?? 0) > topLogprobs) {
      throw missing(`report ${request.topLogprobs ?? 0} alternatives per token; at most ${topLogprobs}`);
    }
  }
}
