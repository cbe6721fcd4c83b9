import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QuantileSketch } from './quantile-sketch.js';
import { quantile } from './robust-statistics.js';

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const QS = [0, 0.01, 0.5, 0.95, 0.99, 1];

test('few values give exact quantiles', () => {
  fc.assert(
    fc.property(fc.array(positive, { minLength: 1, maxLength: 300 }), (list) => {
      const sketch = new QuantileSketch();
      for (const value of list) sketch.record(value);
      for (const q of QS) expect(sketch.quantile(q)).toBe(quantile(list, q));
    }),
  );
});

test('many values give the value at that rank within the relative error', () => {
  fc.assert(
    fc.property(fc.array(positive, { minLength: 20, maxLength: 800 }), (list) => {
      const sketch = new QuantileSketch({ exactUpTo: 10, relativeError: 0.01 });
      for (const value of list) sketch.record(value);
      const sorted = [...list].sort((a, b) => a - b);
      for (const q of QS) {
        const rank = q * (list.length - 1);
        const low = sorted[Math.floor(rank)]!;
        const high = sorted[Math.ceil(rank)]!;
        expect(sketch.exact).toBe(false);
        expect(sketch.quantile(q)!).toBeGreaterThanOrEqual(low * (1 - 0.0101));
        expect(sketch.quantile(q)!).toBeLessThanOrEqual(high * (1 + 0.0101));
      }
    }),
  );
});

test('zeros and rounding below zero count as zero', () => {
  const sketch = new QuantileSketch({ exactUpTo: 2 });
  for (const value of [0, 0, -1e-12, 0, 5]) sketch.record(value);
  expect(sketch.quantile(0.5)).toBe(0);
  expect(sketch.quantile(1)).toBe(5);
});

test('values beyond its range stay between smallest and largest seen', () => {
  const sketch = new QuantileSketch({ exactUpTo: 0, largest: 100 });
  for (const value of [1, 1e6, 1e7]) sketch.record(value);
  expect(sketch.quantile(1)).toBeGreaterThanOrEqual(99);
  expect(sketch.quantile(1)).toBeLessThanOrEqual(1e7);
});

test('an empty sketch has no quantile', () => {
  expect(new QuantileSketch().quantile(0.5)).toBeNull();
});
