import { formatCount } from './format.js';
import type { Progress } from './progress.js';

/** Shows on a bar how many windows of a text, or other things that are counted, are done. */
export function windowProgress(bar: Progress, what = 'window'): (done: number, total: number) => void {
  return (done, total) =>
    bar.update(`${what} ${formatCount(done)} of ${formatCount(total)}`, total === 0 ? null : done / total);
}
