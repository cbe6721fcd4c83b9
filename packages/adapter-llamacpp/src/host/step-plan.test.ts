import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planStep } from './step-plan.js';

const LIMITS = { batchTokens: 2048, microBatchTokens: 512 };
const step = (...promptTokens: readonly number[]): readonly number[] => {
  const candidates = promptTokens.map((tokens, sequence) => ({ sequence, promptTokens: tokens }));
  const parts = new Map(planStep(candidates, LIMITS).map(({ sequence, tokens }) => [sequence, tokens]));
  return promptTokens.map((_, sequence) => parts.get(sequence) ?? 0);
};

test('a prompt that is alone takes the whole batch', () => {
  expect(step(4000)).toEqual([2048]);
  expect(step(100)).toEqual([100]);
});

test('who decodes goes first, a long prompt takes what is left of a micro batch', () => {
  expect(step(0, 4000, 0)).toEqual([1, 510, 1]);
  expect(step(0, 0)).toEqual([1, 1]);
});

test('short prompts come in whole beside a long one', () => {
  expect(step(4000, 20, 30)).toEqual([462, 20, 30]);
  expect(step(4000, 4000)).toEqual([256, 256]);
});

test('no step is larger than its limits, and none leaves somebody out who could have had a token', () => {
  const limits = fc.record({
    batchTokens: fc.integer({ min: 1, max: 64 }),
    microBatchTokens: fc.integer({ min: 1, max: 64 }),
  });
  const prompts = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 16 });
  fc.assert(
    fc.property(limits, prompts, (bounds, promptTokens) => {
      const candidates = promptTokens.map((tokens, sequence) => ({ sequence, promptTokens: tokens }));
      const parts = planStep(candidates, bounds);
      const sum = parts.reduce((total, { tokens }) => total + tokens, 0);
      expect(sum).toBeGreaterThan(0);
      expect(sum).toBeLessThanOrEqual(bounds.batchTokens);
      for (const { sequence, tokens } of parts) {
        expect(tokens).toBeGreaterThan(0);
        expect(tokens).toBeLessThanOrEqual(Math.max(1, promptTokens[sequence] ?? 0));
      }
      if (parts.length < candidates.length) {
        expect(sum).toBeGreaterThanOrEqual(Math.min(bounds.batchTokens, bounds.microBatchTokens));
      }
    }),
  );
});
