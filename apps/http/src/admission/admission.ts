import { FairQueue } from './fair-queue.js';
import type { AdmissionLimits, Applicant } from './fair-queue.js';

/** A queue per model, for as long as there are requests to it. */
export class Admission {
  readonly #limits: () => AdmissionLimits;
  readonly #queues = new Map<string, FairQueue>();

  /** `limits` are asked each time: they may change. */
  constructor(limits: () => AdmissionLimits) {
    this.#limits = limits;
  }

  /**
   * Waits for a turn at a model; the returned function ends it.
   * @throws OverloadedError, CancelledError
   */
  async enter(model: string, applicant: Applicant): Promise<() => void> {
    let queue = this.#queues.get(model);
    if (queue === undefined) this.#queues.set(model, (queue = new FairQueue(this.#limits)));
    const own = queue;
    const forget = (): void => {
      if (own.active === 0 && own.waiting === 0 && this.#queues.get(model) === own) this.#queues.delete(model);
    };
    try {
      const leave = await own.enter(applicant);
      return () => {
        leave();
        forget();
      };
    } catch (error) {
      forget();
      throw error;
    }
  }

  /** Requests by model. */
  waiting(): ReadonlyMap<string, { readonly active: number; readonly waiting: number }> {
    return this.#queues;
  }
}
