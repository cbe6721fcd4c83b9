/** One HTTP request. */
export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal;
}

/** The headers of an answer, by lower-case name. One that came several times is a list. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What came back: status and headers at once, the body as it arrives, never decompressed. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly body: AsyncIterable<Uint8Array>;
  /** Gives the body up unread. */
  readonly discard: () => void;
}

/** The one side effect of this package; tests and special transports put their own in its place. */
export type HttpFetch = (url: string, request: HttpRequest) => Promise<HttpAnswer>;

/** A way to send requests, and to free its connections. */
export interface HttpTransport {
  readonly fetch: HttpFetch;
  close(): Promise<void>;
}

/** Receives an answer piece by piece, as its bytes come off the socket. */
export interface AnswerSink {
  head(status: number, headers: HttpHeaders): void;
  /** Returns false to be given no more until `resume`. */
  piece(bytes: Buffer): boolean;
  end(): void;
  /** Also after `abort`; nothing follows. */
  failed(error: Error): void;
}

/** A request under way. */
export interface Exchange {
  resume(): void;
  /** Ends it; before the connection stands, as soon as that does. */
  abort(reason: Error): void;
}

/** A transport that hands answers to a sink, without a stream in between. */
export interface RelayTransport extends HttpTransport {
  relay(url: string, request: RelayedRequest, sink: AnswerSink): Exchange | Promise<Exchange>;
}

/** What a relay sends. */
export interface RelayedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | AsyncIterable<Uint8Array> | null;
}

/** The first value of a header, or null. */
export function headerValue(headers: HttpHeaders, name: string): string | null {
  const value = headers[name.toLowerCase()];
  return (typeof value === 'string' ? value : value?.[0]) ?? null;
}
