/** One HTTP request, as this adapter makes them. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array> | undefined;
  readonly signal: AbortSignal;
}

/** What came back: the status line at once, the body as it arrives. */
export interface HttpAnswer {
  readonly status: number;
  /** A header's value, or null. */
  readonly header: (name: string) => string | null;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The one side effect of this package; tests and special transports put their own in its place. */
export type HttpFetch = (url: string, request: HttpRequest) => Promise<HttpAnswer>;

/** A transport and the way to free its connections. */
export interface HttpTransport {
  readonly fetch: HttpFetch;
  close(): Promise<void>;
}
