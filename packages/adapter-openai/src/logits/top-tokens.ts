/** The most likely tokens of one position: natural logarithms by token id, the most likely first. */
export type TopTokens = ReadonlyMap<number, number>;

/** What the best tokens of two models say about one position. Natural logarithms. */
export interface TopTokenDivergence {
  readonly nll: number;
  readonly referenceNll: number;
  readonly kld: number;
  readonly deltaP: number;
  readonly sameTop: boolean;
  readonly missingMass: number;
}

/** Mass below which a remainder is rounding. */
const LEAST_MASS = 1e-9;

/** −ln p of a token; of one that was not seen the least it can be, for all the unseen mass could be its own. */
export function topTokenNll(top: TopTokens, token: number): number {
  return -(top.get(token) ?? Math.log(Math.max(LEAST_MASS, unseenMass(top, top.keys()))));
}

/** Mass outside of what was seen. */
export function unseenMass(top: TopTokens, seen: Iterable<number>): number {
  let mass = 1;
  for (const token of seen) mass -= Math.exp(top.get(token) ?? -Infinity);
  return Math.max(0, mass);
}

/**
 * Compares two models by their best tokens. The KL divergence is a lower bound: tokens that not both show are taken
 * as one, and merging outcomes never raises a divergence (data processing inequality).
 */
export function topTokenDivergence(reference: TopTokens, candidate: TopTokens, token: number): TopTokenDivergence {
  const both = [...reference.keys()].filter((id) => candidate.has(id));
  let kld = 0;
  for (const id of both) {
    const p = reference.get(id) ?? -Infinity;
    kld += Math.exp(p) * (p - (candidate.get(id) ?? -Infinity));
  }
  const missingMass = unseenMass(reference, both);
  const candidateMass = unseenMass(candidate, both);
  if (missingMass > LEAST_MASS) kld += missingMass * Math.log(missingMass / Math.max(LEAST_MASS, candidateMass));
  const probability = (top: TopTokens): number => Math.exp(top.get(token) ?? -Infinity);
  return {
    nll: topTokenNll(candidate, token),
    referenceNll: topTokenNll(reference, token),
    kld: Math.max(0, kld),
    deltaP: probability(candidate) - probability(reference),
    sameTop: firstOf(reference) === firstOf(candidate),
    missingMass,
  };
}

function firstOf(top: TopTokens): number | undefined {
  return top.keys().next().value;
}
