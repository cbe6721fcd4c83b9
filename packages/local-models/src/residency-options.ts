import type { ModelInspector } from '@plimsoll/domain';

/** How many models stay loaded, and for how long. */
export interface ResidencyOptions {
  /** Models kept loaded at once; the one unused longest goes when another is needed. 3 when absent. */
  readonly maxResidentModels?: number | undefined;
  /**
   * Bytes of host memory that loaded models may take together, 90 % of the machine's when absent. Models that nobody
   * uses make room first; then a load waits for an answer to end. A model larger than all of it is loaded alone.
   */
  readonly maxResidentBytes?: number | undefined;
  /** Requests that may wait for one model. 64 when absent. */
  readonly maxWaitingRequests?: number | undefined;
  /** Milliseconds a model stays after its last use. Five minutes when absent. */
  readonly keepAliveMs?: number | 'forever' | undefined;
  /** Looks at headers before the engine does. */
  readonly inspector?: ModelInspector | undefined;
}
