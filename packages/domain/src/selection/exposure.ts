import type { PhotoPixels } from '../ports/photo-reader.port.js';

/** How light a photo is. Shares are 0 to 1, grey values 0 to 255. */
export interface ExposureMeasure {
  readonly mean: number;
  readonly contrast: number;
  /** Share of pixels at or near pure black. */
  readonly blackShare: number;
  /** Share of pixels at or near pure white. */
  readonly whiteShare: number;
}

const BLACK = 4;
const WHITE = 251;

/** Mean, standard deviation and clipped shares of the grey values. */
export function measureExposure({ grey }: PhotoPixels): ExposureMeasure {
  const histogram = new Uint32Array(256);
  for (const value of grey) histogram[value] = (histogram[value] ?? 0) + 1;
  let sum = 0;
  let squares = 0;
  let black = 0;
  let white = 0;
  for (const [value, count] of histogram.entries()) {
    sum += value * count;
    squares += value ** 2 * count;
    if (value <= BLACK) black += count;
    if (value >= WHITE) white += count;
  }
  const pixels = Math.max(1, grey.length);
  const mean = sum / pixels;
  return {
    mean,
    contrast: Math.sqrt(Math.max(0, squares / pixels - mean ** 2)),
    blackShare: black / pixels,
    whiteShare: white / pixels,
  };
}
