import { twoSidedP } from './normal-distribution.js';
import { midRanks } from './ranks.js';

/** Result of a Mann-Whitney test. */
export interface MannWhitneyResult {
  /** Pairs (a, b) with a > b, equal ones counted half. */
  readonly u: number;
  /** Two-sided probability of so uneven a split if both samples came from one distribution. */
  readonly pValue: number;
  /** Probability that a value of the first sample exceeds one of the second, 0 to 1; 0.5 is no difference. */
  readonly superiority: number;
}

/** Above so many values in all, or with ties, the normal approximation is used; below, the exact distribution. */
const EXACT_LIMIT = 40;

/**
 * Whether one sample tends to be larger than the other, without assuming a distribution (Mann and Whitney 1947).
 * Null when a sample is empty.
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitneyResult | null {
  const n = first.length;
  const m = second.length;
  if (n === 0 || m === 0) return null;
  const { ranks, tieTerm } = midRanks([...first, ...second]);
  const rankSum = ranks.slice(0, n).reduce((sum, rank) => sum + rank, 0);
  const u = rankSum - (n * (n + 1)) / 2;
  const pValue = tieTerm === 0 && n + m <= EXACT_LIMIT ? exactP(u, n, m) : approximateP(u, n, m, tieTerm);
  return { u, pValue, superiority: u / (n * m) };
}

function approximateP(u: number, n: number, m: number, tieTerm: number): number {
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  if (variance <= 0) return 1;
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return twoSidedP(distance / Math.sqrt(variance));
}

/** Counts the orders of n + m values that give each u, one value at a time. */
function exactP(u: number, n: number, m: number): number {
  // ways[j][k]: orders with j values of the first sample taken so far whose u sums to k.
  const size = n * m + 1;
  const ways = Array.from({ length: n + 1 }, () => new Float64Array(size));
  const start = ways[0];
  if (start !== undefined) start[0] = 1;
  for (let position = 1; position <= n + m; position += 1) {
    for (let taken = Math.min(n, position); taken >= 1; taken -= 1) {
      const here = ways[taken];
      const before = ways[taken - 1];
      const gain = position - taken;
      if (here === undefined || before === undefined || gain > m) continue;
      for (let sum = size - 1; sum >= gain; sum -= 1) here[sum] = (here[sum] ?? 0) + (before[sum - gain] ?? 0);
    }
  }
  const counts = ways[n] ?? new Float64Array(size);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const extreme = Math.min(u, n * m - u);
  let tail = 0;
  for (let sum = 0; sum <= extreme; sum += 1) tail += counts[sum] ?? 0;
  return Math.min(1, (2 * tail) / total);
}
