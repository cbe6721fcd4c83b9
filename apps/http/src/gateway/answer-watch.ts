import type { GenerationTimings } from '@plimsoll/domain';
import type { Observation } from '../observability/observation.js';
import { AnswerTail, timingsOf } from './answer-tail.js';
import type { EarlyBytes } from './early-bytes.js';

/** Sees an answer pass: when it began, how long it took, and what it says of itself at its end. */
export class AnswerWatch {
  readonly #startMs = performance.now();
  readonly #observation: Observation | null;
  readonly #early: EarlyBytes | null;
  readonly #tail: AnswerTail | null;
  #firstMs: number | null = null;

  constructor(observation: Observation | null, early: EarlyBytes | null, isGeneration: boolean) {
    this.#observation = observation;
    this.#early = early;
    this.#tail = isGeneration ? new AnswerTail() : null;
  }

  readonly piece = (bytes: Buffer): void => {
    if (this.#firstMs === null) {
      this.#firstMs = performance.now() - this.#startMs;
      this.#observation?.answered();
      this.#early?.stop();
    }
    this.#tail?.add(bytes);
  };

  /** At the end of a generation. */
  timings(): GenerationTimings {
    const timings = timingsOf(this.#tail?.text ?? '', performance.now() - this.#startMs, this.#firstMs);
    this.#observation?.timed(timings);
    return timings;
  }
}
