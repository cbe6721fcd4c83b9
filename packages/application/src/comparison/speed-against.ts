import { compareSpeed, decodeTokensPerSecond } from '@plimsoll/domain';
import type { SpeedComparison, SpeedComparisonOptions, SpeedMeasurement } from '@plimsoll/domain';

/**
 * Decode speed of a cell against the reference's: speedup with a 95 % interval and whether it is beyond chance. The
 * rounds are interleaved, so that the i-th runs belong together; where some failed, they are compared unpaired.
 * Null when either has fewer than two runs whose speed is known.
 */
export function speedAgainst(
  reference: readonly SpeedMeasurement[],
  runs: readonly SpeedMeasurement[],
  options: Pick<SpeedComparisonOptions, 'resamples'> = {},
): SpeedComparison | null {
  const [baseline, candidate] = [millisecondsPerToken(reference), millisecondsPerToken(runs)];
  const paired = baseline.length === reference.length && candidate.length === runs.length;
  return compareSpeed(baseline, candidate, { ...options, paired });
}

/** Fewer interleaved rounds cannot show a difference at 95 %: of 2ⁿ signs, two are as extreme as all alike. */
export const FEWEST_ROUNDS_TO_SHOW: number = 6;

/** Oldest first: a store gives the newest first. */
function millisecondsPerToken(runs: readonly SpeedMeasurement[]): readonly number[] {
  return [...runs]
    .sort((a, b) => a.atMs - b.atMs)
    .flatMap(({ succeeded, timings }) => {
      const speed = succeeded && timings !== null ? decodeTokensPerSecond(timings) : null;
      return speed === null ? [] : [1000 / speed];
    });
}
