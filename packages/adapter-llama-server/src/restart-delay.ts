const FIRST_MS = 1_000;
const MOST_MS = 60_000;
/** A server that ran as long as this has not failed to start. */
const STABLE_MS = 60_000;

/**
 * How long a model whose server keeps ending is left alone: not at all after the first end, then 1, 2, 4 … seconds up
 * to a minute. A server that ran for a minute, or an answer, begins anew.
 */
export class RestartDelay {
  #ends = 0;
  #untilMs = 0;

  /** A server ended by itself that had run for `ranMs`. Times are milliseconds of any one clock. */
  ended(nowMs: number, ranMs: number): void {
    this.#ends = ranMs >= STABLE_MS ? 1 : this.#ends + 1;
    this.#untilMs = this.#ends < 2 ? 0 : nowMs + Math.min(MOST_MS, FIRST_MS * 2 ** (this.#ends - 2));
  }

  /** It answered. */
  answered(): void {
    this.#ends = 0;
    this.#untilMs = 0;
  }

  /** Milliseconds until it may be started again. */
  leftMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }
}
