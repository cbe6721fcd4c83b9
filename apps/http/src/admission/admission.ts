import { FairQueue } from './fair-queue.js';
import type { AdmissionLimits, Applicant } from './fair-queue.js';

/** Queues in which nobody is are kept for so many models; further ones go, so that made-up names fill no memory. */
const MOST_QUEUES = 64;

/** A queue per model. */
export class Admission {
  readonly #limits: () => AdmissionLimits;
  readonly #queues = new Map<string, FairQueue>();

  /** `limits` are asked each time: they may change. */
  constructor(limits: () => AdmissionLimits) {
    this.#limits = limits;
  }

  /**
   * A turn at a model, at once or after a wait; the function ends it and may be called more than once.
   * @throws OverloadedError, CancelledError
   */
  enter(model: string, applicant: Applicant): (() => void) | Promise<() => void> {
    let queue = this.#queues.get(model);
    if (queue === undefined) {
      if (this.#queues.size >= MOST_QUEUES) this.#forgetIdle();
      this.#queues.set(model, (queue = new FairQueue(this.#limits)));
    }
    return queue.enter(applicant);
  }

  /** Requests by model, of those that have any. */
  waiting(): ReadonlyMap<string, { readonly active: number; readonly waiting: number }> {
    return new Map([...this.#queues].filter(([, queue]) => !queue.isIdle));
  }

  #forgetIdle(): void {
    for (const [model, queue] of this.#queues) if (queue.isIdle) this.#queues.delete(model);
  }
}
