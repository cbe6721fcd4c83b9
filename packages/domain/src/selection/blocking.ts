import type { PhotoPixels } from '../ports/photo-reader.port.js';

/** JPEG compresses blocks of so many pixels. */
const BLOCK = 8;
/** Below this period the steps between blocks have been averaged away. */
const LEAST_PERIOD = 3;

/**
 * How far the steps between the blocks of a JPEG stand out, in grey values: the mean over both directions of what a
 * step at the usual place of a block's edge has over its neighbours, less what steps have elsewhere. About 0 without
 * blocks. Null for a photo that is scaled so far down that no block is left to see.
 */
export function blockingOf({ width, height, grey, scale = 1 }: PhotoPixels): number | null {
  const period = BLOCK * scale;
  if (period < LEAST_PERIOD || scale > 1) return null;
  const across = stepsByPhase(period, { lines: height, length: width, line: width, next: 1, grey });
  const down = stepsByPhase(period, { lines: width, length: height, line: 1, next: width, grey });
  return (prominence(across) + prominence(down)) / 2;
}

interface Direction {
  readonly lines: number;
  readonly length: number;
  /** From one line to the next, and from one pixel of a line to the next. */
  readonly line: number;
  readonly next: number;
  readonly grey: Uint8Array;
}

/** Mean steps over those beside them, by their place within a block. */
function stepsByPhase(period: number, { lines, length, line, next, grey }: Direction): readonly number[] {
  const phases = Math.round(period);
  const phaseAt = Uint8Array.from({ length }, (_, place) => Math.floor(((place / period) % 1) * phases));
  const sums = new Float64Array(phases);
  const counts = new Uint32Array(phases);
  const stepAt = (at: number): number => Math.abs((grey[at + next] ?? 0) - (grey[at] ?? 0));
  for (let number = 0; number < lines; number += 1) {
    const start = number * line;
    let before = stepAt(start);
    let here = stepAt(start + next);
    for (let place = 1; place + 2 < length; place += 1) {
      const after = stepAt(start + (place + 1) * next);
      const phase = phaseAt[place] ?? 0;
      sums[phase] = (sums[phase] ?? 0) + here - (before + after) / 2;
      counts[phase] = (counts[phase] ?? 0) + 1;
      before = here;
      here = after;
    }
  }
  return Array.from(sums, (sum, phase) => sum / Math.max(1, counts[phase] ?? 0));
}

/** The greatest over the median of the others, which the edges' neighbours do not disturb. */
function prominence(steps: readonly number[]): number {
  const sorted = [...steps].sort((a, b) => b - a);
  const [greatest = 0, ...others] = sorted;
  return greatest - (others[Math.floor(others.length / 2)] ?? 0);
}
