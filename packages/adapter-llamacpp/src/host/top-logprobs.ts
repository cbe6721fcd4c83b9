/** Natural log-probabilities of the `k` most likely tokens and of the chosen one, from one row of logits. */
export interface RowLogprobs {
  readonly chosen: number;
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

/** Reads one row of logits. `k` is small. */
export function rowLogprobs(row: Float32Array, chosen: number, k: number): RowLogprobs {
  let max = -Infinity;
  for (const logit of row) if (logit > max) max = logit;
  let sum = 0;
  for (const logit of row) sum += Math.exp(logit - max);
  const logSum = max + Math.log(sum);
  // Insertion into a short sorted list: most tokens fail the first comparison.
  const best: { token: number; logprob: number }[] = [];
  let floor = -Infinity;
  for (let token = 0; token < row.length; token++) {
    const logit = row[token] ?? -Infinity;
    if (best.length === k && logit <= floor) continue;
    let at = best.length;
    while (at > 0 && (best[at - 1]?.logprob ?? 0) < logit) at--;
    best.splice(at, 0, { token, logprob: logit });
    if (best.length > k) best.pop();
    floor = best.at(-1)?.logprob ?? -Infinity;
  }
  return {
    chosen: (row[chosen] ?? -Infinity) - logSum,
    top: best.map(({ token, logprob }) => ({ token, logprob: logprob - logSum })),
  };
}
