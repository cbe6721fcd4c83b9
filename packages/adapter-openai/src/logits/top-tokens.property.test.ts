import { tokenDivergence } from '@plimsoll/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topTokenDivergence, topTokenNll } from './top-tokens.js';
import type { TopTokens } from './top-tokens.js';

const SIZE = 12;
const row = fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: SIZE, maxLength: SIZE });
const token = fc.nat(SIZE - 1);

/** The best `k` of a row of logits, as a server gives them. */
function best(logits: readonly number[], k: number): TopTokens {
  const sum = Math.log(logits.reduce((total, logit) => total + Math.exp(logit), 0));
  const ranked = logits.map((logit, id): [number, number] => [id, logit - sum]);
  return new Map(ranked.sort((a, b) => b[1] - a[1]).slice(0, k));
}

test('from the best tokens comes a lower bound of the divergence and of the loss', () => {
  fc.assert(
    fc.property(row, row, fc.integer({ min: 1, max: SIZE }), token, (p, q, k, next) => {
      const exact = tokenDivergence(Float32Array.from(p), Float32Array.from(q), next);
      const bound = topTokenDivergence(best(p, k), best(q, k), next);
      expect(bound.kld).toBeLessThanOrEqual(exact.kld + 1e-5);
      expect(bound.nll).toBeLessThanOrEqual(exact.nll + 1e-5);
      expect(bound.referenceNll).toBeLessThanOrEqual(exact.referenceNll + 1e-5);
    }),
  );
});

test('from all tokens comes the divergence itself', () => {
  fc.assert(
    fc.property(row, row, token, (p, q, next) => {
      const exact = tokenDivergence(Float32Array.from(p), Float32Array.from(q), next);
      const whole = topTokenDivergence(best(p, SIZE), best(q, SIZE), next);
      expect(whole.kld).toBeCloseTo(exact.kld, 4);
      expect(whole.nll).toBeCloseTo(exact.nll, 4);
      expect(whole.deltaP).toBeCloseTo(exact.deltaP, 4);
      expect(whole.missingMass).toBeCloseTo(0, 6);
    }),
  );
});

test('a token that was not seen costs at least what the unseen mass would', () => {
  expect(topTokenNll(new Map([[3, Math.log(0.75)]]), 4)).toBeCloseTo(-Math.log(0.25), 12);
});
