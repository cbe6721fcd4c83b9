import { midRanks } from './ranks.js';

/** How well two raters agree. Null where it is not defined: under two items, or a rater that gives one value only. */
export interface RankAgreement {
  readonly items: number;
  /** Spearman's ρ, −1 to 1. */
  readonly spearman: number | null;
  /** Kendall's τ-b, −1 to 1. */
  readonly kendallTauB: number | null;
}

/** Agreement of two parallel lists of scores in order, whatever their scales. Extra entries are ignored. */
export function rankAgreement(first: readonly number[], second: readonly number[]): RankAgreement {
  const items = Math.min(first.length, second.length);
  const a = first.slice(0, items);
  const b = second.slice(0, items);
  return { items, spearman: pearson(midRanks(a).ranks, midRanks(b).ranks), kendallTauB: kendallTauB(a, b) };
}

/** Pearson's correlation; Spearman's ρ is this of the mid-ranks. */
function pearson(a: readonly number[], b: readonly number[]): number | null {
  const meanA = a.reduce((sum, value) => sum + value, 0) / a.length;
  const meanB = b.reduce((sum, value) => sum + value, 0) / b.length;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (const [index, value] of a.entries()) {
    const da = value - meanA;
    const db = (b[index] ?? 0) - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return a.length < 2 || aa === 0 || bb === 0 ? null : Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)));
}

/** Kendall's τ-b in O(n log n): discordant pairs are the swaps of a merge sort (Knight 1966). */
function kendallTauB(a: readonly number[], b: readonly number[]): number | null {
  const n = a.length;
  const order = a.map((_, index) => index).sort((i, j) => (a[i] ?? 0) - (a[j] ?? 0) || (b[i] ?? 0) - (b[j] ?? 0));
  const pairs = (n * (n - 1)) / 2;
  const tiedA = tiedPairs(order.map((index) => [a[index] ?? 0]));
  const tiedBoth = tiedPairs(order.map((index) => [a[index] ?? 0, b[index] ?? 0]));
  const { sorted, swaps } = mergeSort(order.map((index) => b[index] ?? 0));
  const tiedB = tiedPairs(sorted.map((value) => [value]));
  const scale = Math.sqrt((pairs - tiedA) * (pairs - tiedB));
  return scale === 0 || n < 2 ? null : (pairs - tiedA - tiedB + tiedBoth - 2 * swaps) / scale;
}

function tiedPairs(sorted: readonly (readonly number[])[]): number {
  let pairs = 0;
  let run = 0;
  for (let index = 1; index < sorted.length; index += 1) {
    const before = sorted[index - 1];
    run = sorted[index]?.every((value, part) => value === before?.[part]) === true ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

function mergeSort(values: readonly number[]): { readonly sorted: readonly number[]; readonly swaps: number } {
  if (values.length < 2) return { sorted: values, swaps: 0 };
  const middle = values.length >> 1;
  const left = mergeSort(values.slice(0, middle));
  const right = mergeSort(values.slice(middle));
  const sorted: number[] = [];
  let swaps = left.swaps + right.swaps;
  let i = 0;
  for (const value of right.sorted) {
    while (i < left.sorted.length && (left.sorted[i] ?? 0) <= value) sorted.push(left.sorted[i++] ?? 0);
    swaps += left.sorted.length - i;
    sorted.push(value);
  }
  return { sorted: [...sorted, ...left.sorted.slice(i)], swaps };
}
