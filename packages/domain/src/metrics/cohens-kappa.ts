/** How far apart two different categories count: all alike, or by distance or its square for ordered numbers. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

/**
 * Cohen's κ: agreement of two raters on categories beyond chance, at most 1. `weights` other than `none` need numeric
 * categories. Lists are parallel, extra entries are ignored. Null for no items, or when chance alone would agree
 * always (both raters used one and the same category).
 */
export function cohensKappa<Category extends string | number | boolean>(
  first: readonly Category[],
  second: readonly Category[],
  weights: KappaWeights = 'none',
): number | null {
  const items = Math.min(first.length, second.length);
  const distance = distanceBy(weights);
  const countFirst = countsOf(first.slice(0, items));
  const countSecond = countsOf(second.slice(0, items));
  let observed = 0;
  for (let item = 0; item < items; item += 1) observed += distance(first[item], second[item]);
  let expected = 0;
  for (const [a, timesA] of countFirst) {
    for (const [b, timesB] of countSecond) expected += distance(a, b) * timesA * timesB;
  }
  return items === 0 || expected === 0 ? null : 1 - (observed * items) / expected;
}

function distanceBy(weights: KappaWeights): (a: unknown, b: unknown) => number {
  switch (weights) {
    case 'none':
      return (a, b) => (a === b ? 0 : 1);
    case 'linear':
      return (a, b) => Math.abs(Number(a) - Number(b));
    case 'quadratic':
      return (a, b) => (Number(a) - Number(b)) ** 2;
  }
}

function countsOf<Category>(values: readonly Category[]): ReadonlyMap<Category, number> {
  const counts = new Map<Category, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
