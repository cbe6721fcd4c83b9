import { formatDuration } from './format.js';

/** How far something is. */
export interface ProgressState {
  readonly label: string;
  /** 0 to 1, or null when the end is not known. */
  readonly share: number | null;
  readonly elapsedMs: number;
  /** Null when it is not known. */
  readonly leftMs: number | null;
}

const BAR = 24;

/** One line that fits into `width` columns: label, bar, percent, time left. */
export function renderProgressLine(state: ProgressState, width: number): string {
  const { label, share, elapsedMs, leftMs } = state;
  if (share === null) return clip(`${label}  ${formatDuration(elapsedMs)}`, width);
  const bounded = Math.min(1, Math.max(0, share));
  const filled = Math.round(bounded * BAR);
  const left = leftMs === null ? '' : `  ${formatDuration(leftMs)} left`;
  const bar = '━'.repeat(filled) + '╌'.repeat(BAR - filled);
  const tail = ` ${bar} ${Math.round(bounded * 100)
    .toString()
    .padStart(3)} %${left}`;
  return clip(clip(label, Math.max(0, width - tail.length)) + tail, width);
}

function clip(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
