import type { TokenLogprob } from '../ports/model-runtime.port.js';

/** The words that a model rates with, and the score of each. */
export const RATING_WORDS = { excellent: 5, good: 4, fair: 3, poor: 2, bad: 1 } as const;

/** One of the five words. */
export type RatingWord = keyof typeof RATING_WORDS;

const WORDS = Object.entries(RATING_WORDS) as readonly (readonly [RatingWord, number])[];
/** Alternatives must hold this much of the probability for their mean to say anything. */
const LEAST_MASS = 0.5;

/**
 * The mean score over the five words, weighted by the probability of the token that begins each: finer than the one
 * word that was written. Null when the alternatives hold too little of the probability.
 */
export function expectedRating(alternatives: readonly TokenLogprob[]): number | null {
  let mass = 0;
  let sum = 0;
  for (const { token, logprob } of alternatives) {
    const beginning = token.replace(/^[\s"]+/, '').toLowerCase();
    const word = beginning === '' ? undefined : WORDS.find(([name]) => name.startsWith(beginning.replace(/"$/, '')));
    if (word === undefined) continue;
    const probability = Math.exp(logprob);
    mass += probability;
    sum += probability * word[1];
  }
  return mass < LEAST_MASS ? null : sum / mass;
}
