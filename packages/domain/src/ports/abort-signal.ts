declare global {
  /**
   * The platform's cancellation handle. The domain only passes it on and never looks inside,
   * so it names the type without depending on a platform's library.
   */
  // oxlint-disable-next-line typescript/no-empty-object-type -- merges with the platform's own declaration
  interface AbortSignal {}
}

/** Options that every port call which may take time accepts. */
export interface CallOptions {
  /** Cancels the call; the call then rejects with a CancelledError. */
  readonly signal?: AbortSignal | undefined;
}
