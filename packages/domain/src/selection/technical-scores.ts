import type { PhotoPixels } from '../ports/photo-reader.port.js';
import { blockingOf } from './blocking.js';
import { measureComposition } from './composition.js';
import type { CompositionMeasure } from './composition.js';
import { measureExposure } from './exposure.js';
import type { ExposureMeasure } from './exposure.js';
import { slopesAt } from './filters.js';
import type { Plane, Slopes } from './filters.js';
import { measureFocus, scoreBlur } from './focus.js';
import type { FocusMeasure } from './focus.js';
import { noiseSigma } from './noise.js';
import { piecewiseLinear } from './piecewise-linear.js';

/** What was measured on the pixels. Null: the pixels do not say. */
export interface TechnicalMetrics {
  readonly focus: FocusMeasure | null;
  readonly exposure: ExposureMeasure;
  readonly composition: CompositionMeasure;
  /** Standard deviation of the noise in grey values. */
  readonly noiseSigma: number | null;
  /** How far the blocks of a JPEG stand out, in grey values; null where none could be seen. */
  readonly blocking: number | null;
}

/** Scores from 0 to 5; null where the pixels do not say. */
export interface TechnicalScores {
  readonly focus: number | null;
  readonly exposure: number;
  readonly composition: number;
  /** 5 is free of noise and of the blocks that compression leaves. */
  readonly noise: number | null;
}

/** The long edge at which photos are analysed, so that scores do not depend on the camera's pixels. */
export const ANALYSIS_EDGE = 512;

const COMPOSITION_SIGMA = 1.4;

/**
 * Measures grey pixels that were scaled to `ANALYSIS_EDGE`. What is narrower than a pixel there is not seen: blur
 * under about 1/512 of the long edge does not show on a screen either.
 */
export function measureTechnically(pixels: PhotoPixels): TechnicalMetrics {
  const plane: Plane = { width: pixels.width, height: pixels.height, values: Float32Array.from(pixels.grey) };
  const known = new Map<number, Slopes>();
  const slopes = (sigma: number): Slopes => {
    const found = known.get(sigma) ?? slopesAt(plane, sigma);
    known.set(sigma, found);
    return found;
  };
  const noise = noiseSigma(pixels);
  return {
    focus: measureFocus(slopes, noise ?? 0),
    exposure: measureExposure(pixels),
    composition: measureComposition(slopes(COMPOSITION_SIGMA)),
    noiseSigma: noise,
    blocking: blockingOf(pixels),
  };
}

// The curves were set by eye on photos in the public domain and their degraded copies (adapter-photo/test): a photo
// that looks right scores 4 or more, a flaw that is seen at once 3 or less.
const NOISE_BY_SIGMA = [
  [1.5, 5],
  [4, 4],
  [8, 3],
  [16, 1.5],
  [32, 0],
] as const;
const NOISE_BY_BLOCKING = [
  [1.2, 5],
  [3, 4.4],
  [6, 3.2],
  [10, 1.5],
] as const;
const EXPOSURE_BY_MEAN = [
  [0, 0],
  [30, 2],
  [60, 3.6],
  [85, 5],
  [170, 5],
  [200, 4.2],
  [230, 2],
  [255, 0],
] as const;
const LOSS_BY_CLIPPED = [
  [0.02, 0],
  [0.1, 0.5],
  [0.4, 1.5],
  [0.8, 2.5],
] as const;
const LOSS_BY_CONTRAST = [
  [8, 2],
  [20, 0.8],
  [35, 0],
] as const;
const THIRDS = [
  [0.5, 1],
  [1, 3.5],
  [1.3, 5],
] as const;
const LOSS_BY_TILT = [
  [1.5, 0],
  [3, 0.8],
  [8, 2],
  [15, 4],
] as const;
/** Founding weights of the two parts of the composition. */
const THIRDS_WEIGHT = 0.7;

/** Scores what was measured. */
export function scoreTechnically({
  focus,
  exposure,
  composition,
  noiseSigma,
  blocking,
}: TechnicalMetrics): TechnicalScores {
  const { mean, contrast, blackShare, whiteShare } = exposure;
  const { atThirds, balance, tiltDegrees } = composition;
  const lost = piecewiseLinear(LOSS_BY_CLIPPED, blackShare + whiteShare) + piecewiseLinear(LOSS_BY_CONTRAST, contrast);
  const arranged = THIRDS_WEIGHT * piecewiseLinear(THIRDS, atThirds) + (1 - THIRDS_WEIGHT) * 5 * balance;
  return {
    focus: focus === null ? null : scoreBlur(focus.blurSigma),
    exposure: Math.max(0, piecewiseLinear(EXPOSURE_BY_MEAN, mean) - lost),
    composition: Math.max(0, arranged - piecewiseLinear(LOSS_BY_TILT, Math.abs(tiltDegrees ?? 0))),
    noise: noiseScore(noiseSigma, blocking),
  };
}

/** The worse of grain and blocks. Blocks that nobody sees do not stand for grain that is unknown. */
function noiseScore(noiseSigma: number | null, blocking: number | null): number | null {
  const blocks = blocking === null ? 5 : piecewiseLinear(NOISE_BY_BLOCKING, blocking);
  if (noiseSigma === null) return blocks < 5 ? blocks : null;
  return Math.min(blocks, piecewiseLinear(NOISE_BY_SIGMA, noiseSigma));
}
