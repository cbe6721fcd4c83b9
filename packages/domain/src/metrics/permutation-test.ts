import type { RandomSource } from './seeded-random.js';

/** Up to so many pairs every sign is tried; beyond, signs are drawn. */
const EXACT_PAIRS = 14;
const DRAWS = 4999;

/**
 * Two-sided sign-flip test of paired differences: the probability of a mean so far from 0 if each difference could as
 * well have had the other sign. Made for interleaved runs, where drift of the machine hits both of a pair alike.
 * Null for no pairs.
 */
export function pairedPermutationP(differences: readonly number[], random: RandomSource): number | null {
  if (differences.length === 0) return null;
  const observed = Math.abs(differences.reduce((sum, difference) => sum + difference, 0)) * (1 - 1e-12);
  return differences.length <= EXACT_PAIRS
    ? everySign(differences, observed)
    : drawnSigns(differences, observed, random);
}

function everySign(differences: readonly number[], observed: number): number {
  const combinations = 2 ** differences.length;
  let extreme = 0;
  for (let signs = 0; signs < combinations; signs += 1) {
    let sum = 0;
    for (const [index, difference] of differences.entries()) sum += (signs >> index) & 1 ? difference : -difference;
    if (Math.abs(sum) >= observed) extreme += 1;
  }
  return extreme / combinations;
}

function drawnSigns(differences: readonly number[], observed: number, random: RandomSource): number {
  let extreme = 1;
  for (let draw = 0; draw < DRAWS; draw += 1) {
    let sum = 0;
    for (const difference of differences) sum += random() < 0.5 ? difference : -difference;
    if (Math.abs(sum) >= observed) extreme += 1;
  }
  return extreme / (DRAWS + 1);
}
