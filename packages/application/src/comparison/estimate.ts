import { bootstrapInterval, median, seededRandom } from '@plimsoll/domain';
import type { Estimate } from './comparison.js';

/**
 * Median of the known values and a 95 % bootstrap interval, or null without any. The seed is fixed, so that the same
 * records give the same table.
 */
export function estimate(values: readonly (number | null)[]): Estimate | null {
  const known = values.filter((value) => value !== null);
  const middle = median(known);
  if (middle === null) return null;
  const interval = bootstrapInterval([known], ([group]) => median(group ?? []) ?? middle, { random: seededRandom(1) });
  return { median: middle, low: interval?.low ?? middle, high: interval?.high ?? middle };
}
