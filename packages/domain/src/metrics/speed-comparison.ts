import type { Interval } from './bootstrap.js';
import { bootstrapInterval } from './bootstrap.js';
import { mannWhitney } from './mann-whitney.js';
import { pairedPermutationP } from './permutation-test.js';
import { median } from './robust-statistics.js';
import { seededRandom } from './seeded-random.js';

/** How two sets of timings compare. */
export interface SpeedComparison {
  /** Median duration of the baseline by that of the candidate: above 1 the candidate is faster. */
  readonly speedup: number;
  readonly interval: Interval;
  /** Two-sided probability of such a difference by chance. */
  readonly pValue: number;
  readonly verdict: 'faster' | 'slower' | 'no difference shown';
}

/** How a speed comparison is done. */
export interface SpeedComparisonOptions {
  /** Chance of not calling a difference where there is none; 0.95 when absent. */
  readonly confidence?: number | undefined;
  /** Runs were interleaved: the i-th of one belongs to the i-th of the other. False when absent. */
  readonly paired?: boolean | undefined;
  /** Seed of the resampling; the same seed gives the same answer. */
  readonly seed?: number | undefined;
  /** Resamples of the interval; 1,000 when absent. */
  readonly resamples?: number | undefined;
}

/**
 * Compares durations (milliseconds, all above 0) of a baseline and a candidate. Unpaired runs are judged by
 * Mann-Whitney's test, paired ones by sign flips of the logarithms' differences; the interval of the ratio of medians
 * is bootstrapped, by rounds where they are paired. Null when either has fewer than two runs.
 */
export function compareSpeed(
  baselineMs: readonly number[],
  candidateMs: readonly number[],
  options: SpeedComparisonOptions = {},
): SpeedComparison | null {
  if (baselineMs.length < 2 || candidateMs.length < 2) return null;
  const confidence = options.confidence ?? 0.95;
  const random = seededRandom(options.seed ?? 1);
  const paired = options.paired === true && baselineMs.length === candidateMs.length;
  const pValue = paired
    ? pairedPermutationP(
        baselineMs.map((ms, index) => Math.log(ms / (candidateMs[index] ?? ms))),
        random,
      )
    : (mannWhitney(baselineMs, candidateMs)?.pValue ?? null);
  const resampling = { random, confidence, resamples: options.resamples };
  // Rounds are drawn whole: what slowed both runs of one says nothing of either.
  const interval = paired
    ? bootstrapInterval(
        [[...baselineMs.keys()]],
        ([rounds = []]) => ratioOfMedians([at(baselineMs, rounds), at(candidateMs, rounds)]),
        resampling,
      )
    : bootstrapInterval([baselineMs, candidateMs], ratioOfMedians, resampling);
  if (pValue === null || interval === null) return null;
  const speedup = ratioOfMedians([baselineMs, candidateMs]);
  const shown = pValue < 1 - confidence;
  return {
    speedup,
    interval,
    pValue,
    verdict: !shown || speedup === 1 ? 'no difference shown' : speedup > 1 ? 'faster' : 'slower',
  };
}

const at = (durations: readonly number[], rounds: readonly number[]): readonly number[] =>
  rounds.map((round) => durations[round] ?? 0);

function ratioOfMedians(groups: readonly (readonly number[])[]): number {
  return (median(groups[0] ?? []) ?? 0) / (median(groups[1] ?? []) ?? 1);
}
