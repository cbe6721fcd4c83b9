/** Ranks from 1; equal values share the mean of their ranks. `tieTerm` is Σ(t³ − t) over groups of equal values. */
export function midRanks(values: readonly number[]): { readonly ranks: readonly number[]; readonly tieTerm: number } {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  let tieTerm = 0;
  for (let start = 0; start < order.length;) {
    const value = values[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end += 1;
    for (let position = start; position < end; position += 1) ranks[order[position] ?? 0] = (start + 1 + end) / 2;
    const size = end - start;
    tieTerm += size ** 3 - size;
    start = end;
  }
  return { ranks, tieTerm };
}
