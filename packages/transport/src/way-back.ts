import type { ServerResponse } from 'node:http';
import { BackendFailedError, BackendUnreachableError, CancelledError, isPlimsollError } from '@plimsoll/domain';
import { reasonOf } from './connection-reason.js';
import type { ForwardOptions } from './forward-options.js';
import { forwardedHeaders } from './forwarded-headers.js';
import type { AnswerSink, Exchange } from './http-fetch.js';

const NEWLINE = 0x0a;
/** A longer line is passed on in parts. */
const MOST_LINE_BYTES = 1024 * 1024;
/** A refusal is one piece or two. */
const MOST_REFUSAL_PIECES = 16;

/** What a server says in a refusal, in the shape of any of the usual APIs. */
function refusalText(body: string, status: number | null): string {
  const text = /"(?:message|error)": ?("(?:[^"\\\\]|\\\\.)*")/.exec(body)?.[1];
  try {
    return text === undefined ? `The server answered with HTTP ${status ?? 0}.` : String(JSON.parse(text));
  } catch {
    return `The server answered with HTTP ${status ?? 0}.`;
  }
}

/** The answer on its way to the client. */
export class WayBack implements AnswerSink {
  readonly #url: string;
  readonly #response: ServerResponse;
  readonly #options: ForwardOptions;
  readonly #resolve: (status: number) => void;
  readonly #reject: (error: Error) => void;
  #exchange: Exchange | null = null;
  #status: number | null = null;
  /** The head of the answer, until it is written. */
  #head: Record<string, string | string[]> | null = null;
  /** What came with the head; it goes out with it. */
  #first: Buffer | null = null;
  #stopped = false;
  /** Whether the answer may end with words that were not counted. */
  #mayEnd = false;
  /** The beginning of a line whose end has not come; kept only where an answer may get last words. */
  #begun: Buffer | null = null;
  /** The body of a refusal that came too late to be passed on as such, or whose meaning is asked for first. */
  #refusal: Buffer[] | null = null;
  /** The head of a refusal that may still be passed on. */
  #withheld: Record<string, string | string[]> | null = null;
  isOver = false;

  constructor(
    url: string,
    response: ServerResponse,
    options: ForwardOptions,
    resolve: (status: number) => void,
    reject: (error: Error) => void,
  ) {
    this.#url = url;
    this.#response = response;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const { signal } = options;
    response.on('close', this.#stop);
    signal?.addEventListener('abort', this.#stop, { once: true });
    if (signal?.aborted === true || response.destroyed) this.#stop();
  }

  begun(exchange: Exchange): void {
    this.#exchange = exchange;
    if (this.#stopped) exchange.abort(left());
  }

  head(status: number, headers: Parameters<AnswerSink['head']>[1]): void {
    const { headers: added, rewrite, refused } = this.#options;
    const kept = forwardedHeaders(headers, 'answer');
    if (rewrite != null) delete kept['content-length'];
    this.#status = status;
    this.#mayEnd = status === 200 && kept['content-length'] === undefined;
    if (this.#response.headersSent) {
      // The caller opened the answer while it waited: a refusal must become its last words.
      if (status >= 400) this.#refusal = [];
      return;
    }
    const sent = added === undefined ? kept : Object.assign(kept, added);
    if (status >= 400 && refused !== undefined) {
      this.#refusal = [];
      this.#withheld = sent;
      return;
    }
    this.#writeHead(sent);
  }

  /** The head waits for what came with it, and no longer: an answer that is there at once then goes out in one write. */
  #writeHead(headers: Record<string, string | string[]>): void {
    this.#head = headers;
    process.nextTick(this.#flush);
  }

  /** Writes the head, with what came with it: a client waits for it. */
  readonly #flush = (): void => {
    const [head, first] = [this.#head, this.#first];
    if (head === null) return;
    this.#head = this.#first = null;
    this.#response.writeHead(this.#status ?? 0, head);
    if (first === null) this.#response.flushHeaders();
    else this.#write(first);
  };

  piece(bytes: Buffer): boolean {
    if (this.#refusal !== null) {
      if (this.#refusal.length < MOST_REFUSAL_PIECES) {
        this.#refusal.push(bytes);
        return true;
      }
      if (this.#withheld === null) return true;
      this.#passOnWithheld();
    }
    return this.#passOn(bytes);
  }

  /** What was held back turns out to be passed on as it is. */
  #passOnWithheld(): void {
    const [headers, pieces] = [this.#withheld, this.#refusal ?? []];
    this.#withheld = this.#refusal = null;
    if (headers !== null) this.#writeHead(headers);
    for (const piece of pieces) this.#passOn(piece);
  }

  #passOn(bytes: Buffer): boolean {
    const { watch, rewrite } = this.#options;
    watch?.(bytes);
    const changed = rewrite == null ? bytes : rewrite.piece(bytes);
    const ready = changed === null || this.#options.lastWords === undefined ? changed : this.#wholeLines(changed);
    if (ready === null) return true;
    if (this.#head !== null && this.#first === null) {
      this.#first = ready;
      return true;
    }
    this.#flush();
    return this.#write(ready);
  }

  #write(bytes: Buffer): boolean {
    const mayGoOn = this.#response.write(bytes);
    if (!mayGoOn) this.#response.once('drain', this.#resume);
    return mayGoOn;
  }

  /** What can go on now; the beginning of a line waits for its end. */
  #wholeLines(bytes: Buffer): Buffer | null {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const ready = end === bytes.length ? bytes : bytes.subarray(0, end);
    const before = this.#begun;
    if (end === 0 && (before?.length ?? 0) + bytes.length > MOST_LINE_BYTES) {
      this.#begun = null;
      return before === null ? bytes : Buffer.concat([before, bytes]);
    }
    if (end === 0) {
      this.#begun = before === null ? bytes : Buffer.concat([before, bytes]);
      return null;
    }
    this.#begun = end === bytes.length ? null : bytes.subarray(end);
    return before === null ? ready : Buffer.concat([before, ready]);
  }

  end(): void {
    if (this.#refusal !== null) {
      const message = refusalText(Buffer.concat(this.#refusal).toString(), this.#status);
      const error = this.#options.refused?.(this.#status ?? 0, message) ?? null;
      if (error !== null || this.#withheld === null) {
        this.#over();
        this.#reject(error ?? new BackendFailedError(message));
        return;
      }
      this.#passOnWithheld();
    }
    const last = this.#options.rewrite?.end() ?? null;
    const rest = joined(joined(this.#first, this.#begun), last);
    const head = this.#head;
    this.#over();
    // All of it is there: its length is known.
    if (head !== null && rest !== null) head['content-length'] = String(rest.length);
    if (head !== null) this.#response.writeHead(this.#status ?? 0, head);
    if (rest === null) this.#response.end();
    else this.#response.end(rest);
    this.#resolve(this.#status ?? 0);
  }

  failed(cause: Error): void {
    if (this.isOver) return;
    if (!this.#stopped) this.#flush();
    this.#over();
    const { lastWords } = this.#options;
    if (this.#mayEnd && lastWords !== undefined && !this.#stopped) {
      const error = new BackendFailedError(`The answer broke off: ${reasonOf(cause)}`, { cause });
      this.#response.end(lastWords(error));
      this.#reject(error);
    } else if (this.#status !== null && this.#refusal === null) {
      // The client must not take a part for the whole: the connection is broken off instead of ended.
      this.#response.destroy();
      this.#resolve(this.#status);
    } else if (this.#stopped) this.#reject(left(cause));
    else if (isPlimsollError(cause)) this.#reject(cause);
    else {
      const message = `${new URL(this.#url).origin} does not answer: ${reasonOf(cause)}`;
      this.#reject(new BackendUnreachableError(message, { cause }));
    }
  }

  readonly #resume = (): void => {
    if (!this.isOver) this.#exchange?.resume();
  };

  readonly #stop = (): void => {
    if (this.isOver) return;
    this.#stopped = true;
    this.#exchange?.abort(left());
    this.failed(left());
  };

  #over(): void {
    this.isOver = true;
    this.#head = this.#first = null;
    this.#response.off('close', this.#stop);
    this.#options.signal?.removeEventListener('abort', this.#stop);
  }
}

function joined(a: Buffer | null, b: Buffer | null): Buffer | null {
  if (a === null || b === null) return a ?? b;
  return Buffer.concat([a, b]);
}

const left = (cause?: unknown): CancelledError =>
  new CancelledError('The client left before the answer began.', { cause });
