import type { Clock } from '@plimsoll/domain';
import type { CompareProgress } from './compare-request.js';

/** Counts equal steps and tells share and time left from the pace so far. */
export class PacedProgress {
  readonly #steps: number;
  readonly #clock: Clock;
  readonly #listener: ((progress: CompareProgress) => void) | undefined;
  readonly #startedMs: number;
  #done = 0;

  constructor(steps: number, clock: Clock, listener?: (progress: CompareProgress) => void) {
    this.#steps = Math.max(1, steps);
    this.#clock = clock;
    this.#listener = listener;
    this.#startedMs = clock.monotonicMs();
  }

  /** Says what is being worked on; `within` is the share of the current step that is done. */
  tell(phase: CompareProgress['phase'], detail: string, within = 0): void {
    const fraction = Math.min(1, (this.#done + within) / this.#steps);
    const elapsedMs = this.#clock.monotonicMs() - this.#startedMs;
    const remainingMs = fraction > 0 && elapsedMs > 0 ? (elapsedMs * (1 - fraction)) / fraction : null;
    this.#listener?.({ phase, detail, fraction, remainingMs });
  }

  /** So many steps are done. */
  advance(steps = 1): void {
    this.#done += steps;
  }
}
