import { median, quantile } from '../metrics/robust-statistics.js';
import type { PhotoPixels } from '../ports/photo-reader.port.js';

const BLOCK = 16;
/** The quietest blocks have the least texture; a low quantile is robust against flat black bars. */
const QUIET_SHARE = 0.1;
const MOST_GREY = 255;
/** Clipping cuts the noise of blocks that are nearer to black or white than this many deviations. */
const CLIPPED_WITHIN = 2.5;
/** Fewer blocks than this share say nothing about the whole. */
const LEAST_SHARE = 0.05;

/**
 * Standard deviation of the noise in grey values: Immerkær's estimator (Computer Vision and Image Understanding 64,
 * 1996), which no plane and no linear ramp disturbs, on the quietest blocks, since texture looks like noise to it.
 * Blocks whose noise is cut by black or white are left out. Null when that leaves too few.
 */
export function noiseSigma({ width, height, grey }: PhotoPixels): number | null {
  const blocks: { readonly mean: number; readonly sigma: number }[] = [];
  for (let top = 0; top + BLOCK <= height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      blocks.push(measureBlock(grey, width, top * width + left));
    }
  }
  const usual = median(blocks.map(({ sigma }) => sigma)) ?? 0;
  const margin = Math.max(4, CLIPPED_WITHIN * usual);
  const whole = blocks.filter(({ mean }) => mean >= margin && mean <= MOST_GREY - margin);
  if (whole.length < LEAST_SHARE * blocks.length) return null;
  return quantile(
    whole.map(({ sigma }) => sigma),
    QUIET_SHARE,
  );
}

/** Mean, and the noise by the mask [1 −2 1; −2 4 −2; 1 −2 1], whose response to unit noise has a deviation of 6. */
function measureBlock(
  grey: Uint8Array,
  width: number,
  start: number,
): { readonly mean: number; readonly sigma: number } {
  let responses = 0;
  let sum = 0;
  for (let y = 1; y < BLOCK - 1; y += 1) {
    for (let x = 1; x < BLOCK - 1; x += 1) {
      const at = start + y * width + x;
      const bend = (row: number): number => (grey[row - 1] ?? 0) - 2 * (grey[row] ?? 0) + (grey[row + 1] ?? 0);
      responses += Math.abs(bend(at - width) - 2 * bend(at) + bend(at + width));
      sum += grey[at] ?? 0;
    }
  }
  const inner = (BLOCK - 2) ** 2;
  return { mean: sum / inner, sigma: (Math.sqrt(Math.PI / 2) * responses) / (6 * inner) };
}
