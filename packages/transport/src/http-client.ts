import { BackendFailedError, BackendUnreachableError, TimeoutError, isPlimsollError } from '@plimsoll/domain';
import { boundedBody } from './bounded-body.js';
import { reasonOf } from './connection-reason.js';
import { headerValue } from './http-fetch.js';
import type { HttpAnswer, HttpHeaders, HttpRequest, HttpTransport } from './http-fetch.js';
import { Watchdog } from './watchdog.js';

/** Longest answer that is read whole; the metadata of a model with its vocabulary stays well below. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;
/** How many times the limit of its beginning an answer that is read whole may take, however little at a time. */
const BODY_PATIENCE = 10;

/** One question to a server. */
export interface HttpCall {
  readonly method: HttpRequest['method'];
  /** Appended to the client's address, such as `/api/tags`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** Sent as it is, instead of `body`. `keepAlive` is to be called with every piece. */
  readonly upload?: ((keepAlive: () => void) => AsyncIterable<Uint8Array>) | undefined;
  /** What the server should do, for messages: "list its models". */
  readonly task: string;
  /** The model in question, for messages. */
  readonly model?: string | undefined;
  /** Limit in milliseconds until the answer begins. */
  readonly limitMs: number;
  /** Limit between two pieces of the answer; `limitMs` when absent. */
  readonly pauseMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer with a status of 400 or above. */
export interface Refusal {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** The beginning of the body, at most 64 KiB. */
  readonly text: string;
}

/** Which server a client speaks with, and the words for its failures. */
export interface HttpClientOptions {
  /** Without a slash at the end. */
  readonly address: string;
  readonly transport: HttpTransport;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The kind of server, for messages: "Ollama" makes "The Ollama server …". */
  readonly name: string;
  /** What to do when nothing answers. */
  readonly startHint: string;
  /** The error that stands for a refusal. */
  readonly refused: (refusal: Refusal, call: HttpCall) => Error;
}

/**
 * HTTP with one server: time limits, cancellation, bounded bodies, and every failure as a Plimsoll error. Redirects
 * are refused, so that keys and prompts stay with the server that the user named.
 */
export class HttpClient {
  readonly address: string;
  readonly #options: HttpClientOptions;

  constructor(options: HttpClientOptions) {
    this.address = options.address;
    this.#options = options;
  }

  /** The whole answer as parsed JSON; an empty one as null. */
  async json(call: HttpCall): Promise<unknown> {
    const { name } = this.#options;
    const { bytes, truncated } = await boundedBody(this.#unhurried(call), MAX_ANSWER_BYTES);
    if (truncated) throw new BackendFailedError(`The ${name} server sent an answer of more than 64 MiB.`);
    const text = bytes.toString('utf8');
    return text.trim() === '' ? null : parseJson(text, name);
  }

  /** Whether a path is there. */
  async exists(call: Omit<HttpCall, 'method'>): Promise<boolean> {
    const watchdog = new Watchdog(this.#options.name, call.task, call.signal);
    const head: HttpCall = { ...call, method: 'HEAD' };
    try {
      const { status, headers } = await this.#begin(head, watchdog);
      if (status === 404) return false;
      this.#refuseUnasked(status, headers);
      if (status < 400) return true;
      throw this.#options.refused({ status, headers, text: '' }, head);
    } finally {
      watchdog.dispose();
    }
  }

  /** The body of a successful answer, piece by piece. Leaving the loop ends the request. */
  async *chunks(call: HttpCall): AsyncGenerator<Uint8Array, void, void> {
    const watchdog = new Watchdog(this.#options.name, call.task, call.signal);
    try {
      const answer = await this.#begin(call, watchdog);
      if (answer.status >= 400) throw await this.#refusal(answer, call, watchdog);
      this.#refuseUnasked(answer.status, answer.headers);
      const chunks = answer.body[Symbol.asyncIterator]();
      for (;;) {
        watchdog.arm(call.pauseMs ?? call.limitMs);
        const next = await chunks.next().catch((cause: unknown) => {
          throw watchdog.verdict() ?? this.#cutOff(call, cause);
        });
        watchdog.disarm();
        const verdict = watchdog.verdict();
        if (verdict !== null) throw verdict;
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      watchdog.dispose();
    }
  }

  /** The pieces of an answer that is read whole: one that never ends because it is so slow is given up. */
  async *#unhurried(call: HttpCall): AsyncGenerator<Uint8Array, void, void> {
    let lateMs: number | null = null;
    for await (const piece of this.chunks(call)) {
      const nowMs = performance.now();
      lateMs ??= nowMs + BODY_PATIENCE * call.limitMs;
      if (nowMs > lateMs) {
        throw new TimeoutError(`The ${this.#options.name} server answers too slowly when asked to ${call.task}.`, {
          hint: 'Look at the log of the server, and at the network.',
        });
      }
      yield piece;
    }
  }

  /** Closes the connections, those in use too. */
  async close(): Promise<void> {
    await this.#options.transport.close();
  }

  async #begin(call: HttpCall, watchdog: Watchdog): Promise<HttpAnswer> {
    const keepAlive = (): void => watchdog.arm(call.limitMs);
    keepAlive();
    try {
      return await this.#options.transport.fetch(`${this.address}${call.path}`, {
        method: call.method,
        headers: {
          'accept-encoding': 'identity',
          ...this.#options.headers,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: call.upload?.(keepAlive) ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
        signal: watchdog.signal,
      });
    } catch (cause) {
      throw watchdog.verdict() ?? (isPlimsollError(cause) ? cause : this.#unreachable(cause));
    } finally {
      watchdog.disarm();
    }
  }

  /** @throws BackendFailedError for a redirect and for a compressed answer, neither of which was asked for. */
  #refuseUnasked(status: number, headers: HttpHeaders): void {
    const { name } = this.#options;
    const location = headerValue(headers, 'location');
    if (status >= 300) {
      const place = location !== null && URL.canParse(location, this.address) ? new URL(location, this.address) : null;
      const where = place === null ? '' : ` to ${place.protocol}//${place.host}`;
      throw new BackendFailedError(`The ${name} server at ${this.address} redirects${where} (HTTP ${status}).`, {
        hint: 'Redirects are not followed. If that is where the server is, set this as its address.',
      });
    }
    const encoding = headerValue(headers, 'content-encoding') ?? 'identity';
    if (encoding !== 'identity') {
      throw new BackendFailedError(`The ${name} server at ${this.address} sends its answer compressed (${encoding}).`, {
        hint: 'It was asked for plain answers; look at the proxy before it.',
      });
    }
  }

  async #refusal(answer: HttpAnswer, call: HttpCall, watchdog: Watchdog): Promise<Error> {
    watchdog.arm(call.limitMs);
    const read = await boundedBody(answer.body, MAX_ERROR_BYTES).catch(() => null);
    const refusal = { status: answer.status, headers: answer.headers, text: read?.bytes.toString('utf8') ?? '' };
    return watchdog.verdict() ?? this.#options.refused(refusal, call);
  }

  #unreachable(cause: unknown): BackendUnreachableError {
    const { name, startHint: hint } = this.#options;
    return new BackendUnreachableError(`No ${name} server answers at ${this.address}: ${reasonOf(cause)}`, {
      cause,
      hint,
    });
  }

  #cutOff(call: HttpCall, cause: unknown): BackendFailedError {
    const { name } = this.#options;
    return new BackendFailedError(
      `The connection to the ${name} server was cut before its answer was complete (${call.task}).`,
      { cause, hint: 'Look at the log of the server; it may have been stopped.' },
    );
  }
}

/** What the server of that name sent, as JSON. @throws BackendFailedError when it is not JSON. */
export function parseJson(text: string, server: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const beginning = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    throw new BackendFailedError(`The ${server} server sent incomplete or invalid JSON: ${JSON.stringify(beginning)}`, {
      cause,
      hint: 'The connection may have been cut; look at the log of the server.',
    });
  }
}
