import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { BackendFailedError, BackendUnreachableError, CancelledError, isPlimsollError } from '@plimsoll/domain';
import { reasonOf } from './connection-reason.js';
import { forwardedHeaders } from './forwarded-headers.js';
import type { AnswerSink, Exchange, RelayTransport } from './http-fetch.js';

/** A client's request as it goes on to another server. */
export interface ForwardedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** Null for none. A stream is passed on piece by piece, as fast as the server takes it. */
  readonly body: string | AsyncIterable<Uint8Array> | null;
}

/** Changes the bytes of an answer on their way. What it keeps back it gives at the next piece or at the end. */
export interface BodyRewriter {
  /** What goes on in place of a piece; null for nothing yet. */
  piece(bytes: Buffer): Buffer | null;
  /** What was kept back. */
  end(): Buffer | null;
}

/** What may end early: an `AbortSignal`, or something lighter. */
export interface Stoppable {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once: true }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What may be changed on the way back. */
export interface ForwardOptions {
  /** Cancels beside the client's own leaving. */
  readonly signal?: Stoppable | undefined;
  /** Added to the answer, such as `x-plimsoll-variant`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Changes the body; its length is then not known beforehand. */
  readonly rewrite?: BodyRewriter | null | undefined;
  /**
   * Asked about a refusal before any of it goes back: the error that forwarding then fails with, or null to pass it on
   * as it is. Not asked about one that is longer than any server's own words.
   */
  readonly refused?: ((status: number, message: string) => Error | null) | undefined;
  /** Is shown each piece as it came, before it is changed. */
  readonly watch?: ((bytes: Buffer) => void) | undefined;
  /**
   * For answers in lines: ends one that breaks in the middle with these words in place of breaking it off. Lines are
   * then passed on whole, so that the words stand on a line of their own.
   */
  readonly lastWords?: ((error: BackendFailedError) => string) | undefined;
}

/**
 * Passes a request on and the answer back, byte for byte and without waiting for its end. A slow client slows the
 * server down; one that leaves ends the request there, also before the first byte. Nothing is timed: cold models
 * take minutes.
 *
 * Where the caller has sent a head already, the server's own is left out.
 *
 * @returns The status that was passed back.
 * @throws BackendUnreachableError or CancelledError while nothing has been written, so that the caller can answer, and
 * BackendFailedError for a refusal after the caller's own head, or when an answer broke and was ended with its last words,
 * or what `refused` makes of a refusal. What breaks later otherwise breaks the answer off.
 */
export function forward(
  transport: RelayTransport,
  { url, method, headers, body }: ForwardedRequest,
  response: ServerResponse,
  options: ForwardOptions = {},
): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const way = new WayBack(url, response, options, resolve, reject);
    if (way.isOver) return;
    transport.relay(url, { method, headers: forwardedHeaders(headers, 'request'), body }, way).then(
      (exchange) => way.begun(exchange),
      (error: unknown) => way.failed(error instanceof Error ? error : new Error(String(error))),
    );
  });
}

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
class WayBack implements AnswerSink {
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
