import { fastExp } from './fast-exp.js';

/** What one position of a text says about two models: natural logarithms, probabilities between 0 and 1. */
export interface TokenDivergence {
  /** −ln p of the true token under the candidate. */
  readonly nll: number;
  /** −ln p of the true token under the reference. */
  readonly referenceNll: number;
  /** Σ p_ref (ln p_ref − ln p_cand) over the whole vocabulary; never below 0. */
  readonly kld: number;
  /** p_cand − p_ref of the true token. */
  readonly deltaP: number;
  /** Whether both have the same most likely token; the first of equals counts. */
  readonly sameTop: boolean;
}

/**
 * −ln p of `token` from one row of logits.
 * @param logits one row: a logit per token of the vocabulary, finite or −Infinity.
 */
export function tokenNll(logits: Float32Array, token: number): number {
  const max = logits[argmax(logits)] ?? NaN;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += fastExp((logits[i] ?? 0) - max);
  return max + Math.log(sum) - (logits[token] ?? NaN);
}

/**
 * Compares two rows of logits at one position, by the definitions of llama-perplexity
 * (`tools/perplexity/perplexity.cpp`, `--kl-divergence`).
 *
 * One pass sums e^p, e^q and e^p·(p − q), with both rows shifted by their maxima p₀ and q₀; then
 * KLD = Σ e^p·(p − q) / Σ e^p − ln Σ e^p + ln Σ e^q in shifted values, so that no row of probabilities is built.
 * @param reference one row of logits of the reference. @param candidate the same of the candidate.
 * @param token the true token. Both rows have the same length.
 */
export function tokenDivergence(reference: Float32Array, candidate: Float32Array, token: number): TokenDivergence {
  const top = argmax(reference);
  const candidateTop = argmax(candidate);
  const p0 = reference[top] ?? NaN;
  const q0 = candidate[candidateTop] ?? NaN;
  let referenceSum = 0;
  let candidateSum = 0;
  let difference = 0;
  for (let i = 0; i < reference.length; i++) {
    const p = (reference[i] ?? 0) - p0;
    const q = (candidate[i] ?? 0) - q0;
    const weight = fastExp(p);
    referenceSum += weight;
    candidateSum += fastExp(q);
    // A token that the reference rules out adds nothing, however unlikely the candidate finds it.
    if (weight > 0) difference += weight * (p - q);
  }
  const logReference = Math.log(referenceSum);
  const logCandidate = Math.log(candidateSum);
  const referenceNll = p0 + logReference - (reference[token] ?? NaN);
  const nll = q0 + logCandidate - (candidate[token] ?? NaN);
  return {
    nll,
    referenceNll,
    // Rounding may leave a hair below 0 for equal rows.
    kld: Math.max(0, difference / referenceSum - logReference + logCandidate),
    deltaP: Math.exp(-nll) - Math.exp(-referenceNll),
    sameTop: top === candidateTop,
  };
}

/** Index of the largest value; the first of equals. */
function argmax(row: Float32Array): number {
  let best = 0;
  let max = row[0] ?? -Infinity;
  for (let i = 1; i < row.length; i++) {
    const value = row[i] ?? -Infinity;
    if (value > max) {
      max = value;
      best = i;
    }
  }
  return best;
}
