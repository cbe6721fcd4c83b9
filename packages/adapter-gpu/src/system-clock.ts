import { CancelledError } from '@plimsoll/domain';
import type { CallOptions, Clock } from '@plimsoll/domain';

/** The machine's own time. */
export const SYSTEM_CLOCK: Clock = {
  nowMs: () => Date.now(),
  // `performance` would load a part of Node that takes longer than most commands need a clock.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
  sleep: async (durationMs, { signal }: CallOptions = {}) =>
    new Promise<void>((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        end();
        reject(new CancelledError('The wait was cancelled.'));
      };
      const timer = setTimeout(() => {
        end();
        resolve();
      }, durationMs);
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener('abort', onAbort);
    }),
};
