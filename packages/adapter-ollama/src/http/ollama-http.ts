import { BackendFailedError, BackendUnreachableError, isPlimsollError } from '@plimsoll/domain';
import type { HttpAnswer, HttpRequest, HttpTransport } from './http-fetch.js';
import { LineSplitter } from './ndjson.js';
import { errorFromServer } from './server-failure.js';
import { Watchdog } from './watchdog.js';

/** Longest answer that is read whole; the metadata of a model with its vocabulary stays well below. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** One question to the server. */
export interface OllamaCall {
  readonly method: HttpRequest['method'];
  /** Path below the address, such as `/api/tags`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>> | undefined;
  /** Sent as it is, instead of `body`. */
  readonly upload?: ((keepAlive: () => void) => AsyncIterable<Uint8Array>) | undefined;
  /** What the server should do, for messages: "list its models". */
  readonly task: string;
  /** The model in question, for messages. */
  readonly model?: string | undefined;
  /** Limit until the answer begins. */
  readonly limitMs: number;
  /** Limit between two pieces of the answer; `limitMs` when absent. */
  readonly pauseMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** HTTP with Ollama: time limits, cancellation, and every failure as one of ours. */
export class OllamaHttp {
  readonly address: string;
  readonly #transport: HttpTransport;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(address: string, transport: HttpTransport, headers: Readonly<Record<string, string>> = {}) {
    this.address = address;
    this.#transport = transport;
    this.#headers = headers;
  }

  /** The whole answer as parsed JSON; an empty one as null. */
  async json(call: OllamaCall): Promise<unknown> {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of this.#chunks(call)) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) throw new BackendFailedError('Ollama sent an answer of more than 64 MiB.');
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return text.trim() === '' ? null : parseJson(text);
  }

  /** The answer's lines as parsed JSON. A line with an `error` ends the stream with that error. */
  async *lines(call: OllamaCall): AsyncGenerator<unknown, void, void> {
    const splitter = new LineSplitter();
    for await (const chunk of this.#chunks(call)) {
      for (const line of splitter.push(chunk)) yield parseLine(line, call);
    }
    const rest = splitter.rest();
    if (rest !== '') yield parseLine(rest, call);
  }

  /** Whether a path is there. */
  async exists(call: Omit<OllamaCall, 'method'>): Promise<boolean> {
    const watchdog = new Watchdog(call.task, call.signal);
    try {
      const { status } = await this.#begin({ ...call, method: 'HEAD' }, watchdog);
      if (status === 404) return false;
      if (status < 400) return true;
      throw errorFromServer({ status, message: `HTTP ${status}`, model: call.model ?? null });
    } finally {
      watchdog.dispose();
    }
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** The body of a successful answer. Leaving the loop ends the request. */
  async *#chunks(call: OllamaCall): AsyncGenerator<Uint8Array, void, void> {
    const watchdog = new Watchdog(call.task, call.signal);
    try {
      const answer = await this.#begin(call, watchdog);
      if (answer.status >= 400) throw await this.#refusal(answer, call, watchdog);
      const chunks = answer.body[Symbol.asyncIterator]();
      for (;;) {
        watchdog.arm(call.pauseMs ?? call.limitMs);
        const next = await chunks.next().catch((cause: unknown) => {
          throw watchdog.verdict() ?? cutOff(call, cause);
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

  async #begin(call: OllamaCall, watchdog: Watchdog): Promise<HttpAnswer> {
    const keepAlive = (): void => watchdog.arm(call.limitMs);
    keepAlive();
    try {
      return await this.#transport.fetch(`${this.address}${call.path}`, {
        method: call.method,
        headers: { ...this.#headers, ...(call.body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: call.upload?.(keepAlive) ?? (call.body === undefined ? undefined : JSON.stringify(call.body)),
        signal: watchdog.signal,
      });
    } catch (cause) {
      throw watchdog.verdict() ?? (isPlimsollError(cause) ? cause : this.#unreachable(cause));
    } finally {
      watchdog.disarm();
    }
  }

  async #refusal(answer: HttpAnswer, call: OllamaCall, watchdog: Watchdog): Promise<Error> {
    watchdog.arm(call.limitMs);
    const body = await beginningOf(answer.body).catch(() => '');
    const verdict = watchdog.verdict();
    if (verdict !== null) return verdict;
    const message = errorText(body);
    if (answer.status === 404 && message === null) {
      return new BackendFailedError(`${this.address} does not know ${call.path}; it may be no Ollama server.`, {
        hint: 'Check ollama_host (or OLLAMA_HOST), and update Ollama when it is old.',
      });
    }
    const said = message ?? (body.trim().slice(0, 200) || `HTTP ${answer.status}`);
    return errorFromServer({ status: answer.status, message: said, model: call.model ?? null });
  }

  #unreachable(cause: unknown): BackendUnreachableError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new BackendUnreachableError(
      `No Ollama server answers at ${this.address}: ${reason || 'connection failed'}`,
      {
        cause,
        hint: 'Start it with: ollama serve; or set ollama_host (or OLLAMA_HOST) to where it runs.',
      },
    );
  }
}

function parseLine(line: string, call: OllamaCall): unknown {
  const value = parseJson(line);
  const failure = typeof value === 'object' && value !== null ? (value as { error?: unknown; status?: unknown }) : {};
  if (failure.error === undefined) return value;
  throw errorFromServer({
    status: typeof failure.status === 'number' ? failure.status : null,
    message: typeof failure.error === 'string' ? failure.error : JSON.stringify(failure.error),
    model: call.model ?? null,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const beginning = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    throw new BackendFailedError(`Ollama sent something that is no whole JSON: ${JSON.stringify(beginning)}`, {
      cause,
      hint: 'The connection may have been cut; look at the log of the server.',
    });
  }
}

/** The text of `{"error": …}`; a runner's own JSON inside it is unwrapped. Null when the body is something else. */
function errorText(body: string): string | null {
  try {
    const { error } = JSON.parse(body) as { error?: unknown };
    if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
    if (typeof error !== 'string') return null;
    return error.startsWith('{') ? (errorText(error) ?? error) : error;
  } catch {
    return null;
  }
}

async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > 65_536) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function cutOff(call: OllamaCall, cause: unknown): BackendFailedError {
  return new BackendFailedError(`The connection to Ollama was cut while it should ${call.task}.`, {
    cause,
    hint: 'Look at the log of the Ollama server; it may have been stopped.',
  });
}
