import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fastExp } from './fast-exp.js';

test('agrees with Math.exp to 1e-10', () => {
  fc.assert(
    fc.property(fc.double({ min: -707, max: 0, noNaN: true }), (x) => {
      expect(Math.abs(fastExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-10);
    }),
    { numRuns: 10_000 },
  );
});

test('0 gives exactly 1, what is ruled out exactly 0, and NaN stays NaN', () => {
  expect([0, -0, -709, -Infinity, NaN].map(fastExp)).toEqual([1, 1, 0, 0, NaN]);
});
