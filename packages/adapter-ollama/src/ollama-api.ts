import { throwIfCancelled, type CallOptions } from '@plimsoll/domain';
import { lines } from '@plimsoll/protocol';
import {
  embedAnswer,
  generateAnswer,
  progressAnswer,
  residentAnswer,
  showAnswer,
  tagsAnswer,
  versionAnswer,
  type CreateRequest,
  type GenerateAnswer,
  type ProgressAnswer,
  type ResidentEntry,
  type ShowAnswer,
  type TagEntry,
} from '@plimsoll/protocol/ollama';
import { HttpClient, undiciTransport, type HttpCall } from '@plimsoll/transport';
import type { GenerateRequest as WireGenerateRequest, ChatRequest as WireChatRequest } from 'ollama';
import { parseLine, withoutError } from './errors/parse-line.js';
import { refusalError } from './errors/refusal-error.js';
import { DEFAULT_TIMEOUTS, type OllamaOptions, type OllamaTimeouts } from './ollama-options.js';
import { serverAddress } from './server-address.js';
import { parseAnswer } from './parse-answer.js';

/**
 * Ollama's HTTP API, one method per endpoint: answers checked, failures as Plimsoll errors. The runtime, the
 * catalogue, the builder and the inspector share one.
 */
export class OllamaApi {
  readonly address: string;
  readonly timeouts: OllamaTimeouts;
  readonly monotonicMs: () => number;
  readonly #http: HttpClient;

  /** @throws InvalidInputError when `host` is no address. */
  constructor(options: OllamaOptions = {}) {
    const { clock, fetch } = options;
    this.address = serverAddress(options.host);
    this.timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
    this.monotonicMs = clock === undefined ? () => performance.now() : () => clock.monotonicMs();
    const { connectMs } = this.timeouts;
    this.#http = new HttpClient({
      address: this.address,
      transport: fetch === undefined ? undiciTransport({ connectMs }) : { fetch, close: () => Promise.resolve() },
      headers: options.headers,
      name: 'Ollama',
      startHint: 'Start it with: ollama serve; or set ollama_host (or OLLAMA_HOST) to where it runs.',
      refused: (refusal, call) => refusalError(refusal, call, this.address),
    });
  }

  async version(options: CallOptions = {}): Promise<string> {
    const task = 'tell its version';
    const answer = await this.#ask('GET', '/api/version', task, options);
    return parseAnswer(versionAnswer, answer, task).version;
  }

  async tags(options: CallOptions = {}): Promise<readonly TagEntry[]> {
    const task = 'list its models';
    return parseAnswer(tagsAnswer, await this.#ask('GET', '/api/tags', task, options), task).models ?? [];
  }

  async resident(options: CallOptions = {}): Promise<readonly ResidentEntry[]> {
    const task = 'list its resident models';
    return parseAnswer(residentAnswer, await this.#ask('GET', '/api/ps', task, options), task).models ?? [];
  }

  /** `verbose` includes long metadata arrays, such as the vocabulary. */
  async show(model: string, verbose: boolean, options: CallOptions = {}): Promise<ShowAnswer> {
    const task = `describe ${model}`;
    const answer = await this.#ask('POST', '/api/show', task, options, { model, verbose });
    return parseAnswer(showAnswer, answer, task);
  }

  async copy(source: string, destination: string, options: CallOptions = {}): Promise<void> {
    await this.#ask('POST', '/api/copy', `copy ${source}`, options, { source, destination }, source);
  }

  async delete(model: string, options: CallOptions = {}): Promise<void> {
    await this.#ask('DELETE', '/api/delete', `delete ${model}`, options, { model });
  }

  async embed(
    body: { readonly model: string; readonly input: readonly string[] } & Readonly<Record<string, unknown>>,
    options: CallOptions = {},
  ): Promise<readonly (readonly number[])[]> {
    const task = `embed ${body.input.length} texts`;
    const { loadMs } = this.timeouts;
    const call = { method: 'POST', path: '/api/embed', task, model: body.model, body, limitMs: loadMs, ...options };
    return parseAnswer(embedAnswer, await this.#json(call), task).embeddings;
  }

  /** Lines of an answer; ends after the one that says `done`. */
  generate(body: WireGenerateRequest, options: CallOptions = {}): AsyncGenerator<GenerateAnswer, void, void> {
    return this.#stream('/api/generate', { ...body }, options);
  }

  /** As `generate`, for a conversation. */
  chat(body: WireChatRequest, options: CallOptions = {}): AsyncGenerator<GenerateAnswer, void, void> {
    return this.#stream('/api/chat', { ...body }, options);
  }

  pull(model: string, options: CallOptions = {}): AsyncGenerator<ProgressAnswer, void, void> {
    return this.#progress('/api/pull', `pull ${model}`, { model, stream: true }, options);
  }

  create(
    request: CreateRequest & { readonly model: string },
    options: CallOptions = {},
  ): AsyncGenerator<ProgressAnswer, void, void> {
    return this.#progress('/api/create', `create ${request.model}`, { ...request, stream: true }, options);
  }

  /** Whether the server holds a blob of that `sha256:…` digest. */
  async hasBlob(digest: string, options: CallOptions = {}): Promise<boolean> {
    const { answerMs } = this.timeouts;
    return this.#http.exists({ path: `/api/blobs/${digest}`, task: 'look for a blob', limitMs: answerMs, ...options });
  }

  /** Sends a blob; the server checks its digest. `content` is called once. */
  async uploadBlob(digest: string, content: AsyncIterable<Uint8Array>, options: CallOptions = {}): Promise<void> {
    await this.#http.json({
      method: 'POST',
      path: `/api/blobs/${digest}`,
      task: 'take a model file',
      limitMs: this.timeouts.buildPauseMs,
      upload: (keepAlive) => watched(content, keepAlive),
      ...options,
    });
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  #ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    task: string,
    options: CallOptions,
    body?: Readonly<Record<string, unknown>>,
    model = typeof body?.['model'] === 'string' ? body['model'] : undefined,
  ): Promise<unknown> {
    return this.#json({ method, path, task, body, model, limitMs: this.timeouts.answerMs, ...options });
  }

  /** A proxy or an old server may report an error with the status 200. */
  async #json(call: HttpCall): Promise<unknown> {
    return withoutError(await this.#http.json(call), call);
  }

  async *#stream(
    path: string,
    body: Readonly<Record<string, unknown>> & { readonly model: string },
    options: CallOptions,
  ): AsyncGenerator<GenerateAnswer, void, void> {
    const { model } = body;
    const task = `answer with ${model}`;
    const { loadMs: limitMs, pauseMs } = this.timeouts;
    const streamed = { ...body, stream: true };
    const call = { method: 'POST', path, task, model, body: streamed, limitMs, pauseMs, ...options };
    for await (const line of this.#lines(call)) yield parseAnswer(generateAnswer, line, task);
  }

  async *#progress(
    path: string,
    task: string,
    body: Readonly<Record<string, unknown>> & { readonly model: string },
    options: CallOptions,
  ): AsyncGenerator<ProgressAnswer, void, void> {
    const limitMs = this.timeouts.buildPauseMs;
    const call = { method: 'POST', path, task, model: body.model, body, limitMs, ...options };
    for await (const line of this.#lines(call)) yield parseAnswer(progressAnswer, line, task);
  }

  async *#lines(call: HttpCall): AsyncGenerator<unknown, void, void> {
    for await (const line of lines(this.#http.chunks(call))) {
      throwIfCancelled(call.signal);
      yield parseLine(line, call);
    }
  }
}

/** Tells after every piece that the upload is alive. */
async function* watched(content: AsyncIterable<Uint8Array>, keepAlive: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    keepAlive();
    yield chunk;
  }
}
