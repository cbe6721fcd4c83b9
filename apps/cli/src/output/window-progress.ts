import type { Clock } from '@plimsoll/domain';
import { formatCount, formatDuration } from './format.js';
import type { Progress } from './progress.js';

/** A listener that shows on a bar how many windows of a text are done. */
export interface WindowProgress {
  readonly onProgress: (done: number, total: number) => void;
  readonly stop: () => void;
}

/** Shows windows done, and the time left at the pace since the first call. */
export function windowProgress(bar: Progress, clock: Pick<Clock, 'monotonicMs'>, what = 'window'): WindowProgress {
  let first: { readonly done: number; readonly atMs: number } | null = null;
  return {
    onProgress(done, total) {
      const atMs = clock.monotonicMs();
      first ??= { done, atMs };
      const left = done === first.done ? null : ((atMs - first.atMs) / (done - first.done)) * (total - done);
      const time = left === null ? '' : `, ${formatDuration(left)} left`;
      bar.update(`${what} ${formatCount(done)} of ${formatCount(total)}${time}`, total === 0 ? null : done / total);
    },
    stop: () => bar.stop(),
  };
}
