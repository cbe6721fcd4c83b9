import { expect, test } from 'vitest';
import { contextSteps, nearestStep } from './context-steps.js';

test('contexts grow by logarithmic steps up to the trained length', () => {
  expect(contextSteps(2048)).toEqual([256, 384, 512, 768, 1024, 1536, 2048]);
});

test('an odd trained length is the last step, and a wanted context is among them', () => {
  const steps = contextSteps(3000, [1000]);
  expect(steps.at(-1)).toBe(3000);
  expect(steps).toContain(1000);
});

test('a wanted context beyond the trained length can still be chosen', () => {
  expect(contextSteps(512, [4096]).at(-1)).toBe(4096);
});

test('the nearest step is so by ratio', () => {
  const steps = contextSteps(2048);
  expect(steps[nearestStep(steps, 1200)]).toBe(1024);
  expect(steps[nearestStep(steps, 1_000_000)]).toBe(2048);
  expect(steps[nearestStep(steps, 1)]).toBe(256);
});
