/** Round values (1, 2 or 5 times a power of ten apart) from 0 up to a highest one, about so many. */
export function niceTicks(highest: number, about: number): readonly number[] {
  if (!(highest > 0)) return [0];
  const rough = highest / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.floor(highest / step + 1e-9);
  // Multiplied, not added up, and rounded to what a reader sees.
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
