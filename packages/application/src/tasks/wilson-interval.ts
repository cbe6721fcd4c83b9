import { normalQuantile } from '@plimsoll/domain';
import type { Interval } from '@plimsoll/domain';

/** Range of a probability of which `successes` of `total` tries were seen (Wilson 1927). Null for no tries. */
export function wilsonInterval(successes: number, total: number, confidence = 0.95): Interval | null {
  if (total <= 0) return null;
  const z = normalQuantile(1 - (1 - confidence) / 2);
  const rate = successes / total;
  const centre = (rate + (z * z) / (2 * total)) / (1 + (z * z) / total);
  const half = (z * Math.sqrt((rate * (1 - rate)) / total + (z * z) / (4 * total * total))) / (1 + (z * z) / total);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half), confidence };
}
