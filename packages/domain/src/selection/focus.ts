import { quantile } from '../metrics/robust-statistics.js';
import { noiseSlopeEnergy } from './filters.js';
import type { Slopes } from './filters.js';
import { piecewiseLinear } from './piecewise-linear.js';

/** How sharp a photo is where it is sharpest. */
export interface FocusMeasure {
  /** Standard deviation of the blur of the sharpest part, in pixels of the analysed picture. */
  readonly blurSigma: number;
  /** Share of the parts that have enough structure above the noise to judge, 0 to 1. */
  readonly judgedShare: number;
}

/** Into how many parts a picture is divided. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** Slopes of one picture after smoothing by sigma. */
export type SlopesBySigma = (sigma: number) => Slopes;

/** Smoothing before the slopes are taken; each is compared with the next. */
const SCALES = [0.7, 1.4, 2.8] as const;
/** Parts of a photo that are judged apart. */
const PARTS: Grid = { columns: 8, rows: 6 };
/** The sharpest fifth counts: a sharp subject before a soft background is a sharp photo. */
const SHARP_SHARE = 0.2;
/** Least root mean square of the slope, in grey values per pixel, of a part that can be judged. */
const LEAST_SLOPE = 1;
/** Share of a part's fine slopes that may be noise for that scale to be read. */
const MOST_NOISE = 0.3;
/** The estimate of the noise may be this much too low without noise being read as detail. */
const CAUTION = 1.3;
/** Blur beyond this is all the same. */
const WIDEST = 12;

/**
 * Blur from how much the slopes fall when the picture is smoothed by twice the amount: a comparison within the
 * picture, so contrast does not matter. In natural pictures the spectrum goes as 1/f² (Field, Journal of the Optical
 * Society of America A 4, 1987), and the energy of the slopes after smoothing by σ as 1/(s² + σ²) where s is the blur.
 * The energy that noise adds is taken off first, and where it would be much of a part's slopes at a scale, the part is
 * read at the next coarser one: noise is never read as detail. Null when no part has structure above the noise, as in
 * fog, a clear sky, a black frame.
 */
export function measureFocus(slopesAt: SlopesBySigma, noise: number, grid: Grid = PARTS): FocusMeasure | null {
  const parts = grid.columns * grid.rows;
  const noises = SCALES.map((sigma) => CAUTION * noise ** 2 * noiseSlopeEnergy(sigma));
  const energies = [SCALES[0], SCALES[1]].map((sigma) => partEnergies(slopesAt(sigma), grid));
  const blurs: number[] = [];
  for (let part = 0; part < parts; part += 1) {
    for (let scale = 0; scale + 1 < SCALES.length; scale += 1) {
      const next = (energies[scale + 1] ??= partEnergies(slopesAt(SCALES[scale + 1] ?? 1), grid));
      const fine = energies[scale]?.[part] ?? 0;
      const fineNoise = noises[scale] ?? 0;
      if (fine < LEAST_SLOPE ** 2) break;
      if (fineNoise > MOST_NOISE * fine) continue;
      const signals = [fine - fineNoise, (next[part] ?? 0) - (noises[scale + 1] ?? 0)] as const;
      blurs.push(blurOf(signals, [SCALES[scale] ?? 1, SCALES[scale + 1] ?? 1]));
      break;
    }
  }
  const blurSigma = quantile(blurs, SHARP_SHARE);
  return blurSigma === null ? null : { blurSigma, judgedShare: blurs.length / parts };
}

// Set by eye, as the curves of the other scores are.
const SCORE_BY_BLUR = [
  [0.4, 5],
  [1.05, 4],
  [1.7, 3],
  [2.6, 2],
  [4.5, 1],
  [8, 0],
] as const;

/** 0 to 5 for a blur in pixels. */
export function scoreBlur(blurSigma: number): number {
  return piecewiseLinear(SCORE_BY_BLUR, blurSigma);
}

function blurOf(signals: readonly [number, number], sigmas: readonly [number, number]): number {
  const ratio = signals[1] > 0 ? signals[0] / signals[1] : Number.POSITIVE_INFINITY;
  if (ratio <= 1) return WIDEST;
  if (!Number.isFinite(ratio)) return 0;
  const variance = (sigmas[1] ** 2 - ratio * sigmas[0] ** 2) / (ratio - 1);
  return Math.min(WIDEST, Math.sqrt(Math.max(0, variance)));
}

/** Mean of dx² + dy² over each of the parts, row by row. */
function partEnergies({ width, height, dx, dy }: Slopes, { columns, rows }: Grid): readonly number[] {
  const sums = new Array<number>(columns * rows).fill(0);
  const sizes = new Array<number>(columns * rows).fill(0);
  for (let y = 0; y < height; y += 1) {
    const rowOfParts = Math.floor((y * rows) / height) * columns;
    for (let column = 0; column < columns; column += 1) {
      const start = y * width + Math.floor((column * width) / columns);
      const end = y * width + Math.floor(((column + 1) * width) / columns);
      let sum = 0;
      for (let at = start; at < end; at += 1) sum += (dx[at] ?? 0) ** 2 + (dy[at] ?? 0) ** 2;
      sums[rowOfParts + column] = (sums[rowOfParts + column] ?? 0) + sum;
      sizes[rowOfParts + column] = (sizes[rowOfParts + column] ?? 0) + end - start;
    }
  }
  return sums.map((sum, part) => sum / Math.max(1, sizes[part] ?? 1));
}
