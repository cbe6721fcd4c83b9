/** How long to wait for what, in milliseconds. */
export interface HttpTimeouts {
  /** For the connection. */
  readonly connectMs: number;
  /** For the first byte of a generation; a cold model on a slow machine takes minutes. */
  readonly firstByteMs: number;
  /** Between two bytes of a generation. */
  readonly idleMs: number;
  /** For each step of a short call, such as the list of models. */
  readonly shortCallMs: number;
}

/** What holds when nothing else is said. */
export const DEFAULT_TIMEOUTS: HttpTimeouts = {
  connectMs: 5_000,
  firstByteMs: 600_000,
  idleMs: 120_000,
  shortCallMs: 10_000,
};
