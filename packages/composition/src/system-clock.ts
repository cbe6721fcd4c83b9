import { CancelledError } from '@plimsoll/domain';
import type { CallOptions, Clock } from '@plimsoll/domain';
import { setTimeout as wait } from 'node:timers/promises';

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // `performance` would load a part of Node that takes longer than most commands need a clock.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  async sleep(durationMs: number, options: CallOptions = {}): Promise<void> {
    try {
      await wait(durationMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
    } catch (cause) {
      throw new CancelledError('The wait was cancelled.', { cause });
    }
  },
};
