import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowLogprobs } from './top-logprobs.js';

test('gives the k best of a softmax, best first', () => {
  const logits = fc.array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 3, maxLength: 50 });
  fc.assert(
    fc.property(logits, fc.integer({ min: 1, max: 3 }), (values, k) => {
      const row = Float32Array.from(values);
      const sum = row.reduce((total, x) => total + Math.exp(x), 0);
      const sorted = [...row].sort((a, b) => b - a).slice(0, k);
      const { chosen, top } = rowLogprobs(row, 0, k);
      expect(chosen).toBeCloseTo(row[0]! - Math.log(sum), 6);
      expect(top).toHaveLength(k);
      top.forEach(({ logprob }, i) => expect(logprob).toBeCloseTo(sorted[i]! - Math.log(sum), 6));
      top.forEach(({ token, logprob }) => expect(row[token]! - Math.log(sum)).toBeCloseTo(logprob, 10));
    }),
  );
});
