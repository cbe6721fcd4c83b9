import { CancelledError } from '@plimsoll/domain';
import type { CallOptions, Clock } from '@plimsoll/domain';
import { setTimeout as wait } from 'node:timers/promises';

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  async sleep(durationMs: number, options: CallOptions = {}): Promise<void> {
    try {
      await wait(durationMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
    } catch (cause) {
      throw new CancelledError('The wait was cancelled.', { cause });
    }
  },
};
