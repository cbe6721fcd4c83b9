import { DEFAULT_SERVICE_LIMITS } from '@plimsoll/domain';
import type { ServiceLimits } from '@plimsoll/domain';
import type { AdmissionLimits } from '../admission/fair-queue.js';

/** The limits of the settings as they hold now. */
export class LiveLimits {
  readonly #given: Partial<AdmissionLimits>;
  readonly #changed: (limits: ServiceLimits) => void;
  #now: ServiceLimits = DEFAULT_SERVICE_LIMITS;
  #admission: AdmissionLimits;

  /** `admission` wins over the settings. `changed` hears of each change. */
  constructor(admission: Partial<AdmissionLimits>, changed: (limits: ServiceLimits) => void) {
    this.#given = admission;
    this.#admission = this.#admissionNow();
    this.#changed = changed;
  }

  get now(): ServiceLimits {
    return this.#now;
  }

  get admission(): AdmissionLimits {
    return this.#admission;
  }

  update(limits: ServiceLimits): void {
    if (limits === this.#now) return;
    this.#now = limits;
    this.#admission = this.#admissionNow();
    this.#changed(limits);
  }

  #admissionNow(): AdmissionLimits {
    const { concurrentRequests: concurrent, waitingRequests: mostWaiting, waitMs } = this.#now;
    return { concurrent, mostWaiting, waitMs, ...this.#given };
  }
}
