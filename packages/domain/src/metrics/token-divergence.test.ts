import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokenDivergence, tokenNll } from './token-divergence.js';

const softmax = (row: Float32Array): number[] => {
  const weights = Array.from(row, (x) => Math.exp(x - Math.max(...row)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
};
const row = fc.float({ min: -30, max: 30, noNaN: true });
const pair = fc.integer({ min: 2, max: 40 }).chain((n) =>
  fc.tuple(
    fc.array(row, { minLength: n, maxLength: n }).map((values) => Float32Array.from(values)),
    fc.array(row, { minLength: n, maxLength: n }).map((values) => Float32Array.from(values)),
    fc.nat(n - 1),
  ),
);

describe('tokenDivergence', () => {
  test('agrees with the direct formulas over explicit probabilities', () => {
    fc.assert(
      fc.property(pair, ([reference, candidate, token]) => {
        const p = softmax(reference);
        const q = softmax(candidate);
        const got = tokenDivergence(reference, candidate, token);
        const kld = p.reduce((sum, pi, i) => sum + (pi > 0 ? pi * (Math.log(pi) - Math.log(q[i]!)) : 0), 0);
        expect(got.kld).toBeCloseTo(Math.max(0, kld), 8);
        expect(got.nll).toBeCloseTo(-Math.log(q[token]!), 8);
        expect(got.referenceNll).toBeCloseTo(-Math.log(p[token]!), 8);
        expect(got.deltaP).toBeCloseTo(q[token]! - p[token]!, 10);
        expect(got.sameTop).toBe(
          reference.indexOf(Math.max(...reference)) === candidate.indexOf(Math.max(...candidate)),
        );
      }),
    );
  });

  test('a row against itself, or shifted by a constant, diverges by nothing', () => {
    fc.assert(
      fc.property(pair, fc.integer({ min: -8, max: 8 }), ([reference, , token], shift) => {
        const shifted = Float32Array.from(reference, (x) => Math.fround(x + shift));
        const got = tokenDivergence(reference, shifted, token);
        expect(got.kld).toBeLessThan(1e-4);
        expect(tokenDivergence(reference, reference, token)).toMatchObject({ deltaP: 0, sameTop: true });
      }),
    );
  });

  test('is never negative and never NaN, also where tokens are ruled out', () => {
    const reference = Float32Array.from([1, -Infinity, 0]);
    const candidate = Float32Array.from([1, 5, -Infinity]);
    expect(tokenDivergence(reference, reference, 0).kld).toBe(0);
    expect(tokenDivergence(reference, Float32Array.from([1, 2, 0]), 0).kld).toBeGreaterThan(0);
    // What the reference allows and the candidate rules out is an infinite divergence.
    expect(tokenDivergence(reference, candidate, 0).kld).toBe(Infinity);
  });

  test('tokenNll is the same number alone', () => {
    fc.assert(
      fc.property(pair, ([reference, candidate, token]) => {
        const got = tokenDivergence(reference, candidate, token);
        expect(tokenNll(candidate, token)).toBeCloseTo(got.nll, 10);
        expect(tokenNll(reference, token)).toBeCloseTo(got.referenceNll, 10);
      }),
    );
  });
});
