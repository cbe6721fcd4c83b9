import type { IncomingHttpHeaders } from 'node:http';
import type { BackendFailedError } from '@plimsoll/domain';

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
