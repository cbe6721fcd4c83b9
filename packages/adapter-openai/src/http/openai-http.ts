import { BackendFailedError, CapabilityMissingError, throwIfCancelled } from '@plimsoll/domain';
import { DONE, serverSentEvents } from '@plimsoll/protocol';
import { parseErrorBody, type ErrorFacts } from '@plimsoll/protocol/openai';
import { HttpClient, headerValue, undiciTransport, type HttpCall, type HttpHeaders } from '@plimsoll/transport';
import type { z } from 'zod';
import { answerError } from '../errors/answer-error.js';
import type { Endpoint } from './endpoint.js';
import type { HttpTimeouts } from './timeouts.js';

/** One call. */
export interface OpenAiCall {
  /** Below the server's own address, such as `/v1/models`. */
  readonly path: string;
  /** What the server should do, for messages. */
  readonly task: string;
  /** Sent as JSON by POST; absent for GET. */
  readonly body?: object | undefined;
  /** Model the call is about, for messages. */
  readonly model?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Waits as long as a generation may take. */
  readonly patient?: boolean | undefined;
}

/** Speaks JSON and server-sent events with one server. Every failure is a Plimsoll error without secrets. */
export class OpenAiHttp {
  readonly #endpoint: Endpoint;
  readonly #timeouts: HttpTimeouts;
  readonly #http: HttpClient;

  constructor(endpoint: Endpoint, timeouts: HttpTimeouts) {
    const { rootUrl, authorization } = endpoint;
    this.#endpoint = endpoint;
    this.#timeouts = timeouts;
    this.#http = new HttpClient({
      address: rootUrl,
      transport: undiciTransport({ connectMs: timeouts.connectMs }),
      headers: {
        accept: 'application/json, text/event-stream',
        ...(authorization === null ? {} : { authorization }),
      },
      name: 'OpenAI-compatible',
      startHint:
        'Start it (for example `llama-server -m model.gguf`), or set its address with PLIMSOLL_OPENAI_BASE_URL.',
      refused: ({ status, headers, text }, call) =>
        this.#refusal(call, status, parseErrorBody(jsonOrUndefined(text)), headers),
    });
  }

  /** Calls and reads the whole answer. */
  async json<Schema extends z.ZodType>(call: OpenAiCall, schema: Schema): Promise<z.infer<Schema>> {
    const parsed = schema.safeParse(await this.#http.json(this.#call(call)));
    if (parsed.success) return parsed.data;
    throw new BackendFailedError(`The server's answer at ${this.#url(call.path)} is not understood.`, {
      cause: parsed.error,
      hint: 'Check that the base URL points to an OpenAI-compatible server.',
    });
  }

  /** Calls and yields the data of each event as JSON, up to `[DONE]`. Leaving the loop closes the connection. */
  async *events(asked: OpenAiCall): AsyncGenerator<unknown, void, void> {
    const call = this.#call({ ...asked, patient: true });
    for await (const data of serverSentEvents(this.#http.chunks(call))) {
      throwIfCancelled(asked.signal);
      if (data === DONE) return;
      const event = jsonOrUndefined(data);
      const facts = parseErrorBody(event);
      if (facts !== null) throw this.#refusal(call, Number(facts.code) || 500, facts, {});
      yield event;
    }
  }

  /** Closes the connections, those in use too. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  #call({ path, task, body, model, signal, patient = false }: OpenAiCall): HttpCall {
    const { firstByteMs, idleMs, shortCallMs } = this.#timeouts;
    return {
      method: body === undefined ? 'GET' : 'POST',
      path,
      task,
      body,
      model,
      signal,
      limitMs: patient ? firstByteMs : shortCallMs,
      pauseMs: patient ? idleMs : shortCallMs,
    };
  }

  #url(path: string): string {
    return `${this.#endpoint.rootUrl}${path}`;
  }

  #refusal(call: HttpCall, status: number, facts: ErrorFacts | null, headers: HttpHeaders): Error {
    const hidden = facts && { ...facts, message: this.#withoutSecrets(facts.message) };
    const retryAfter = headerValue(headers, 'retry-after');
    return answerError({ status, facts: hidden, url: this.#url(call.path), model: call.model ?? null, retryAfter });
  }

  /** Servers like to quote the key that they refuse. */
  #withoutSecrets(text: string): string {
    return this.#endpoint.secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  }
}

/** The error for something this kind of server is never asked for. */
export function missing(what: string, hint?: string): CapabilityMissingError {
  return new CapabilityMissingError(`An OpenAI-compatible server cannot ${what}.`, { hint });
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
