import { quantileOfSorted } from './robust-statistics.js';
import type { RandomSource } from './seeded-random.js';

/** An estimate with the range that holds the true value at the stated confidence. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** 0 to 1. */
  readonly confidence: number;
}

/** How a bootstrap is done. */
export interface BootstrapOptions {
  readonly random: RandomSource;
  /** 0.95 when absent. */
  readonly confidence?: number | undefined;
  /** Resamples; 1,000 when absent. */
  readonly resamples?: number | undefined;
}

/**
 * Percentile bootstrap (Efron 1979): the range of `statistic` over samples drawn again, with repetition, from each
 * group. Samples for which it is not defined (null) are left out. Null when a group is empty or no sample is left.
 */
export function bootstrapInterval(
  groups: readonly (readonly number[])[],
  statistic: (groups: readonly (readonly number[])[]) => number | null,
  options: BootstrapOptions,
): Interval | null {
  if (groups.length === 0 || groups.some((group) => group.length === 0)) return null;
  const confidence = options.confidence ?? 0.95;
  const resamples = options.resamples ?? 1000;
  const results: number[] = [];
  for (let round = 0; round < resamples; round += 1) {
    const result = statistic(groups.map((group) => drawAgain(group, options.random)));
    if (result !== null) results.push(result);
  }
  if (results.length === 0) return null;
  results.sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return {
    low: quantileOfSorted(results, tail) ?? 0,
    high: quantileOfSorted(results, 1 - tail) ?? 0,
    confidence,
  };
}

function drawAgain(group: readonly number[], random: RandomSource): readonly number[] {
  return group.map(() => group[Math.floor(random() * group.length)] ?? 0);
}
