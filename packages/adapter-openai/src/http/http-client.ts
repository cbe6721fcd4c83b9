import { Agent, request } from 'undici';
import { BackendFailedError, CancelledError, CapabilityMissingError } from '@plimsoll/domain';
import type { z } from 'zod';
import { answerError } from '../errors/answer-error.js';
import { parseErrorBody } from '../errors/error-body.js';
import type { ErrorFacts } from '../errors/error-body.js';
import { transportError } from '../errors/transport-error.js';
import { boundedText } from './bounded-text.js';
import type { Endpoint } from './endpoint.js';
import { serverSentEvents } from './server-sent-events.js';
import type { HttpTimeouts } from './timeouts.js';

/** One call. */
export interface HttpCall {
  readonly url: string;
  /** Sent as JSON by POST; absent for GET. */
  readonly body?: unknown;
  /** Model the call is about, for messages. */
  readonly model?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Waits as long as a generation may take. */
  readonly patient?: boolean | undefined;
}

const MAX_ERROR_BYTES = 64 * 1024;
const MAX_JSON_BYTES = 64 * 1024 * 1024;

/** Speaks JSON and server-sent events with one server. Every failure is a Plimsoll error without secrets. */
export class HttpClient {
  readonly #endpoint: Endpoint;
  readonly #timeouts: HttpTimeouts;
  readonly #agent: Agent;

  constructor(endpoint: Endpoint, timeouts: HttpTimeouts) {
    this.#endpoint = endpoint;
    this.#timeouts = timeouts;
    this.#agent = new Agent({ connect: { timeout: timeouts.connectMs } });
  }

  /** Calls and reads the whole answer. */
  async json<Schema extends z.ZodType>(call: HttpCall, schema: Schema): Promise<z.infer<Schema>> {
    throwIfAborted(call.signal);
    try {
      const body = await this.#send(call, call.signal);
      const { text, truncated } = await boundedText(body, MAX_JSON_BYTES);
      const parsed = truncated ? undefined : schema.safeParse(parseJson(text));
      if (parsed?.success) return parsed.data;
      throw new BackendFailedError(`The server's answer at ${call.url} is not understood.`, {
        cause: parsed?.error,
        hint: 'Check that the base URL points to an OpenAI-compatible server.',
      });
    } catch (error) {
      throw transportError(error, call.url, call.signal?.aborted === true);
    }
  }

  /** Calls and yields the data of each event as JSON, up to `[DONE]`. Leaving the loop closes the connection. */
  async *events(call: HttpCall): AsyncGenerator {
    throwIfAborted(call.signal);
    const stop = new AbortController();
    const signal = call.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, call.signal]);
    try {
      const body = await this.#send({ ...call, patient: true }, signal);
      for await (const data of serverSentEvents(body)) {
        if (data === '[DONE]') return;
        const event = parseJson(data);
        const facts = parseErrorBody(event);
        if (facts !== null) throw this.#refusal(call, Number(facts.code) || 500, facts, null);
        yield event;
      }
    } catch (error) {
      throw transportError(error, call.url, call.signal?.aborted === true);
    } finally {
      stop.abort();
    }
  }

  /** Closes the connections, those in use too. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(call: HttpCall, signal: AbortSignal | undefined): Promise<AsyncIterable<Uint8Array>> {
    const { authorization } = this.#endpoint;
    const { firstByteMs, idleMs, shortCallMs } = this.#timeouts;
    const { statusCode, headers, body } = await request(call.url, {
      dispatcher: this.#agent,
      method: call.body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(authorization === null ? {} : { authorization }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      headersTimeout: call.patient ? firstByteMs : shortCallMs,
      bodyTimeout: call.patient ? idleMs : shortCallMs,
      signal: signal ?? null,
    });
    if (statusCode >= 200 && statusCode < 300) return body;
    const { text } = await boundedText(body, MAX_ERROR_BYTES);
    const retryAfter = headers['retry-after'];
    const facts = parseErrorBody(parseJson(text));
    throw this.#refusal(call, statusCode, facts, typeof retryAfter === 'string' ? retryAfter : null);
  }

  #refusal(call: HttpCall, status: number, facts: ErrorFacts | null, retryAfter: string | null): Error {
    const hidden = facts && { ...facts, message: this.#withoutSecrets(facts.message) };
    return answerError({ status, facts: hidden, url: call.url, model: call.model ?? null, retryAfter });
  }

  /** Servers like to quote the key that they refuse. */
  #withoutSecrets(text: string): string {
    return this.#endpoint.secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  }
}

/** Rejects early, before anything is sent. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new CancelledError('The request was cancelled.');
}

/** The error for something this kind of server is never asked for. */
export function missing(what: string, hint?: string): CapabilityMissingError {
  return new CapabilityMissingError(`An OpenAI-compatible server cannot ${what}.`, { hint });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
