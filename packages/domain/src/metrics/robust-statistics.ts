/**
 * The value below which a share `q` of sorted values lies, linear between neighbours (Hyndman and Fan's type 7,
 * which llama-perplexity uses too). Null for no values.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number | null {
  if (sorted.length === 0) return null;
  const position = Math.min(1, Math.max(0, q)) * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low === high ? low : low + (high - low) * (position - below);
}

/** The same for values in any order. */
export function quantile(values: readonly number[], q: number): number | null {
  return quantileOfSorted(
    [...values].sort((a, b) => a - b),
    q,
  );
}

/** Middle value, or null for none. */
export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}

/** Makes the median absolute deviation estimate the standard deviation of normal data: 1 / Φ⁻¹(¾). */
const NORMAL_CONSISTENCY = 1.482602218505602;

/**
 * Median absolute deviation, scaled so that it equals the standard deviation for normal data: a spread that a few
 * outliers do not move. Null for no values.
 */
export function medianAbsoluteDeviation(values: readonly number[]): number | null {
  const centre = median(values);
  if (centre === null) return null;
  const spread = median(values.map((value) => Math.abs(value - centre)));
  return spread === null ? null : spread * NORMAL_CONSISTENCY;
}

/** Values within `limit` robust standard deviations of the median, and how many were left out. */
export function withoutOutliers(
  values: readonly number[],
  limit = 5,
): { readonly kept: readonly number[]; readonly outliers: number } {
  const centre = median(values);
  const spread = medianAbsoluteDeviation(values);
  if (centre === null || spread === null || spread === 0) return { kept: values, outliers: 0 };
  const kept = values.filter((value) => Math.abs(value - centre) <= limit * spread);
  return { kept, outliers: values.length - kept.length };
}

/** Weighted middle value: half of the weight lies on either side. Null without weight. */
export function weightedMedian(values: readonly { readonly value: number; readonly weight: number }[]): number | null {
  const sorted = values.filter(({ weight }) => weight > 0).sort((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let seen = 0;
  for (const [index, { value, weight }] of sorted.entries()) {
    seen += weight;
    if (seen > half) return value;
    if (seen === half) return (value + (sorted[index + 1]?.value ?? value)) / 2;
  }
  return null;
}
