import type { CallOptions } from './abort-signal.js';

/** Time, so that tests can make it pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start that never go back; for durations. */
  monotonicMs(): number;
  /** Resolves after `durationMs`; rejects with a CancelledError when aborted. */
  sleep(durationMs: number, options?: CallOptions): Promise<void>;
}
