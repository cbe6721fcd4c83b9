import { median, medianAbsoluteDeviation, weightedMedian } from '../metrics/robust-statistics.js';

/** One footprint that was both computed and observed. */
export interface FootprintObservation {
  readonly architecture: string | null;
  readonly device: string | null;
  readonly predictedBytes: number;
  readonly observedBytes: number;
  /** From another machine: weighs a quarter. */
  readonly foreign: boolean;
  /**
   * True when the engine computed `observedBytes` without allocating them: what no formula knows is in it, what
   * drivers take is not. False when absent.
   */
  readonly byEngine?: boolean | undefined;
}

/** What the closed form misses: the driver's context, allocation granularity, buffers that no formula knows. */
export interface FootprintCorrection {
  /** Observed ≈ `factor` × computed + `overheadBytes`. */
  readonly overheadBytes: number;
  readonly factor: number;
  /** Robust standard deviation of what remains, or null below three observations. */
  readonly spreadBytes: number | null;
  readonly observations: number;
  /** Which runs it was learned from; `engine`: answers of the engine alone, without driver overhead. */
  readonly basis: 'architecture and device' | 'device' | 'engine' | 'none';
}

/** No correction: nothing was observed yet. */
export const NO_CORRECTION: FootprintCorrection = {
  overheadBytes: 0,
  factor: 1,
  spreadBytes: null,
  observations: 0,
  basis: 'none',
};

const FOREIGN_WEIGHT = 0.25;
/** Observations of sizes apart by this factor are needed before a slope is believed. */
const SIZES_APART = 1.5;
const FEWEST_FOR_SLOPE = 4;

/**
 * Learns the correction for an architecture on a device: from runs of both, else from other architectures on the
 * device, else none. Few runs give the median difference; at least four of clearly different sizes also give a slope,
 * the median of the slopes of all pairs (Theil and Sen), which single outliers do not move.
 *
 * Answers of the engine are kept apart, since no driver overhead is in them: together with resident models they would
 * draw the overhead towards nothing. Runs of the architecture itself show both errors at once, and then the engine's
 * answers are not needed. Otherwise what they say of the architecture's closed form is added to what other
 * architectures showed of the device.
 */
export function learnFootprintCorrection(
  observations: readonly FootprintObservation[],
  architecture: string | null,
  device: string | null,
): FootprintCorrection {
  const onDevice = observations.filter((run) => run.device === device && device !== null && isUsable(run));
  const resident = onDevice.filter((run) => run.byEngine !== true);
  const same = resident.filter((run) => run.architecture === architecture);
  if (same.length > 0) return learned(same, 'architecture and device');
  const answers = onDevice.filter((run) => run.byEngine === true && run.architecture === architecture);
  const formula = learned(answers, 'engine');
  const overhead = learned(resident, 'device');
  if (overhead.basis === 'none') return formula;
  return {
    ...overhead,
    overheadBytes: overhead.overheadBytes + formula.overheadBytes,
    factor: overhead.factor * formula.factor,
  };
}

function learned(runs: readonly FootprintObservation[], basis: FootprintCorrection['basis']): FootprintCorrection {
  const factor = slope(runs);
  const rest = runs.map((run) => ({
    value: run.observedBytes - factor * run.predictedBytes,
    weight: run.foreign ? FOREIGN_WEIGHT : 1,
  }));
  const overhead = weightedMedian(rest);
  if (overhead === null) return NO_CORRECTION;
  const spread = medianAbsoluteDeviation(rest.map(({ value }) => value));
  return {
    overheadBytes: Math.round(overhead),
    factor,
    spreadBytes: runs.length < 3 || spread === null ? null : Math.round(spread),
    observations: runs.length,
    basis,
  };
}

/** Bytes that a correction adds to a computed footprint; negative when runs took less. */
export function correctionBytes(correction: FootprintCorrection, computedBytes: number): number {
  return Math.round((correction.factor - 1) * computedBytes + correction.overheadBytes);
}

/** A reading that is off by more than half is of something else: another process, a lost layer. */
function isUsable({ predictedBytes, observedBytes }: FootprintObservation): boolean {
  const slack = Math.max(0.5 * predictedBytes, 1.5 * 1024 ** 3);
  return predictedBytes > 0 && observedBytes > 0 && Math.abs(observedBytes - predictedBytes) <= slack;
}

function slope(runs: readonly FootprintObservation[]): number {
  const sizes = runs.map(({ predictedBytes }) => predictedBytes);
  if (runs.length < FEWEST_FOR_SLOPE || Math.max(...sizes) < SIZES_APART * Math.min(...sizes)) return 1;
  const slopes: number[] = [];
  // The newest hundred runs are enough, and keep the pairs few.
  const recent = runs.slice(0, 100);
  for (const [index, a] of recent.entries()) {
    for (const b of recent.slice(index + 1)) {
      const apart = b.predictedBytes - a.predictedBytes;
      if (apart !== 0) slopes.push((b.observedBytes - a.observedBytes) / apart);
    }
  }
  return Math.min(1.2, Math.max(0.9, median(slopes) ?? 1));
}
