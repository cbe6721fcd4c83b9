import type { Slopes } from './filters.js';

/** Where the structure of a photo lies. */
export interface CompositionMeasure {
  /** Share of the structure in the bands around the lines at the thirds, over what an even spread has there; 1 is even. */
  readonly atThirds: number;
  /** How evenly the structure is spread over left and right, 0 (all on one side) to 1. */
  readonly balance: number;
  /** Degrees that plumb and level lines lean to the right; null when there are too few of them to say. */
  readonly tiltDegrees: number | null;
}

/** Half the width of a band around a third, as a share of the edge. */
const BAND = 1 / 16;
const LEAST_SLOPE = 4;

/** Where the slopes lie, and how lines stand that should be level or plumb. */
export function measureComposition({ width, height, dx, dy }: Slopes): CompositionMeasure {
  const angles = new Float64Array(BINS);
  let total = 0;
  let thirds = 0;
  let left = 0;
  for (let y = 0; y < height; y += 1) {
    const nearRow = isNearThird(y / height);
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const slopeX = dx[at] ?? 0;
      const slopeY = dy[at] ?? 0;
      const slope = Math.sqrt(slopeX * slopeX + slopeY * slopeY);
      total += slope;
      if (nearRow || isNearThird(x / width)) thirds += slope;
      if (x < width / 2) left += slope;
      if (slope >= LEAST_SLOPE) addAngle(angles, slopeX, slopeY, slope);
    }
  }
  if (total === 0) return { atThirds: 1, balance: 1, tiltDegrees: null };
  const evenShare = 1 - (1 - 4 * BAND) ** 2;
  return {
    atThirds: thirds / total / evenShare,
    balance: 1 - Math.abs(1 - (2 * left) / total),
    tiltDegrees: tiltOf(angles),
  };
}

function isNearThird(place: number): boolean {
  return Math.abs(place - 1 / 3) <= BAND || Math.abs(place - 2 / 3) <= BAND;
}

/** Half a degree each, over ±15° around level and plumb. */
const BINS = 61;
const BIN_DEGREES = 0.5;
const WIDEST_TILT = 15;
/** The peak must stand this far above the usual bin to be lines rather than texture. */
const PEAK_OVER_MEAN = 2;

function addAngle(bins: Float64Array, dx: number, dy: number, weight: number): void {
  const degrees = (Math.atan2(dy, dx) * 180) / Math.PI;
  const fromAxis = degrees - 90 * Math.round(degrees / 90);
  if (Math.abs(fromAxis) > WIDEST_TILT) return;
  const bin = Math.round((fromAxis + WIDEST_TILT) / BIN_DEGREES);
  bins[bin] = (bins[bin] ?? 0) + weight;
}

function tiltOf(bins: Float64Array): number | null {
  const smooth = bins.map((value, bin) => (bins[bin - 1] ?? value) + value + (bins[bin + 1] ?? value));
  const mean = smooth.reduce((sum, value) => sum + value, 0) / BINS;
  const peak = smooth.reduce((best, value, bin) => (value > (smooth[best] ?? 0) ? bin : best), 0);
  const isLines = (smooth[peak] ?? 0) >= PEAK_OVER_MEAN * mean && mean > 0;
  return isLines ? peak * BIN_DEGREES - WIDEST_TILT : null;
}
