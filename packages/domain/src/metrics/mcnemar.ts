import { twoSidedP } from './normal-distribution.js';

/** Result of McNemar's test. */
export interface McNemarResult {
  /** Tasks that only the first solved. */
  readonly onlyFirst: number;
  /** Tasks that only the second solved. */
  readonly onlySecond: number;
  /** Two-sided probability of so uneven a split if both were equally good. */
  readonly pValue: number;
}

/** Up to so many differing tasks the binomial is summed; beyond, the corrected χ² is used. */
const EXACT_LIMIT = 1000;

/**
 * Whether two levels solve the same tasks equally often (McNemar 1947): only tasks that one solved and the other did
 * not carry information. Exact binomial for up to 1,000 such tasks. The lists are parallel; extra entries are ignored.
 */
export function mcNemar(first: readonly boolean[], second: readonly boolean[]): McNemarResult {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let task = 0; task < Math.min(first.length, second.length); task += 1) {
    if (first[task] === second[task]) continue;
    if (first[task] === true) onlyFirst += 1;
    else onlySecond += 1;
  }
  return { onlyFirst, onlySecond, pValue: pValueOf(onlyFirst, onlySecond) };
}

function pValueOf(b: number, c: number): number {
  const n = b + c;
  if (n === 0) return 1;
  if (n > EXACT_LIMIT) return twoSidedP(Math.max(0, Math.abs(b - c) - 1) / Math.sqrt(n));
  let logTerm = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= Math.min(b, c); k += 1) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
