/** What clients of `plimsoll serve` may ask of it. */
export interface ServiceLimits {
  /** Requests to one model that are answered at the same time. */
  readonly concurrentRequests: number;
  /** Requests to one model that wait for their turn; one more is refused. */
  readonly waitingRequests: number;
  /** Longest wait for a turn, in milliseconds. */
  readonly waitMs: number;
  /** Longest body of a request to a model, in bytes; images are in it. */
  readonly bodyBytes: number;
  /** Until a request has come whole, in milliseconds. */
  readonly requestMs: number;
  /** Of each client that sends no token, by its address; null for as many as come. Tokens have their own. */
  readonly requestsPerMinute: number | null;
  /** Requests at the same time of each client that sends no token; null for as many as come. */
  readonly concurrentPerClient: number | null;
}

/** What holds when nothing is set. `waitingRequests` is Ollama's own `OLLAMA_MAX_QUEUE`. */
export const DEFAULT_SERVICE_LIMITS: ServiceLimits = {
  concurrentRequests: 16,
  waitingRequests: 512,
  // Clients of Node give up after 300 s without an answer.
  waitMs: 280_000,
  bodyBytes: 64 * 1024 ** 2,
  requestMs: 60_000,
  requestsPerMinute: null,
  concurrentPerClient: null,
};
