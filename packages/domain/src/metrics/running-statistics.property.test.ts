import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunningStatistics } from './running-statistics.js';

// Plus 0 makes 0 of −0, which `Math.min` tells apart and `<` does not.
const values = fc.array(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0),
  { minLength: 2, maxLength: 200 },
);

function record(list: readonly number[]): RunningStatistics {
  const statistics = new RunningStatistics();
  for (const value of list) statistics.record(value);
  return statistics;
}

test('equals the direct formulas', () => {
  fc.assert(
    fc.property(values, (list) => {
      const statistics = record(list);
      const mean = list.reduce((a, b) => a + b, 0) / list.length;
      const variance = list.reduce((a, b) => a + (b - mean) ** 2, 0) / (list.length - 1);
      const scale = Math.max(...list.map(Math.abs), 1e-9);
      expect(Math.abs(statistics.mean! - mean)).toBeLessThanOrEqual(1e-10 * scale);
      expect(Math.abs(statistics.variance! - variance)).toBeLessThanOrEqual(1e-9 * scale * scale);
      expect(statistics.min).toBe(Math.min(...list));
      expect(statistics.max).toBe(Math.max(...list));
    }),
  );
});

test('merging parts gives what one stream gives', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const merged = record(a);
      merged.merge(RunningStatistics.from(record(b).state));
      const whole = record([...a, ...b]);
      expect(merged.count).toBe(whole.count);
      expect(merged.mean).toBeCloseTo(whole.mean!, 5);
      expect(Math.sqrt(merged.variance!)).toBeCloseTo(Math.sqrt(whole.variance!), 4);
    }),
  );
});

test('is stable where sums of squares cancel', () => {
  const statistics = record([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]);
  expect(statistics.variance).toBe(30);
});

test('knows nothing before the first value, and no spread before the second', () => {
  const statistics = new RunningStatistics();
  expect([statistics.mean, statistics.min, statistics.max, statistics.variance]).toEqual([null, null, null, null]);
  statistics.record(0);
  expect([statistics.mean, statistics.standardError]).toEqual([0, null]);
});
