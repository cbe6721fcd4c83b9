import type { BuildProgress } from '@plimsoll/domain';
import { formatBytes, formatCount } from './format.js';
import type { Progress } from './progress.js';

/** A listener that shows the progress of a build on a bar. */
export interface BuildProgressBar {
  readonly onProgress: (progress: BuildProgress) => void;
  readonly stop: () => void;
}

/** Shows builds on a bar: what is happening, and how far it is in bytes or tensors. */
export function buildProgress(bar: Progress): BuildProgressBar {
  return {
    onProgress: (progress) => bar.update(buildLabel(progress), buildShare(progress)),
    stop: () => bar.stop(),
  };
}

/** Share done, or null when the total is not known. */
export function buildShare({ completed, total }: BuildProgress): number | null {
  return completed === null || total === null || total <= 0 ? null : completed / total;
}

/** `pulling 1.2 GiB of 4.6 GiB`, `quantizing tensor 12 of 51`. */
export function buildLabel({ phase, completed, total, unit }: BuildProgress): string {
  if (completed === null) return phase;
  const show = unit === 'bytes' ? formatBytes : formatCount;
  const amount = unit === 'bytes' ? show(completed) : `tensor ${show(completed)}`;
  return total === null ? `${phase} ${amount}` : `${phase} ${amount} of ${show(total)}`;
}
