import { describe, expect, test } from 'vitest';
import { median, medianAbsoluteDeviation, quantile, weightedMedian, withoutOutliers } from './robust-statistics.js';

describe('quantile', () => {
  // R's default, quantile(c(1,2,3,4), type = 7)
  test.each([
    [0.25, 1.75],
    [0.5, 2.5],
    [0.9, 3.7],
    [0, 1],
    [1, 4],
  ])('%s of 1 to 4 is %s', (q, expected) => {
    expect(quantile([4, 2, 1, 3], q)).toBeCloseTo(expected, 12);
  });

  test('of nothing is unknown', () => {
    expect(quantile([], 0.5)).toBeNull();
    expect(median([])).toBeNull();
  });
});

test('the median absolute deviation is that of R, mad(c(1,1,2,2,4,6,9))', () => {
  expect(medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9])).toBeCloseTo(1.4826, 4);
});

test('a single stalled run is left out, ordinary noise is not', () => {
  expect(withoutOutliers([10, 11, 10.5, 9.8, 10.2, 95])).toEqual({ kept: [10, 11, 10.5, 9.8, 10.2], outliers: 1 });
  expect(withoutOutliers([10, 10, 10, 12]).outliers).toBe(0);
});

describe('weighted median', () => {
  test('is the plain one for equal weights', () => {
    expect(weightedMedian([3, 1, 2, 10].map((value) => ({ value, weight: 1 })))).toBe(2.5);
  });

  test('follows the weight', () => {
    expect(
      weightedMedian([
        { value: 1, weight: 1 },
        { value: 5, weight: 4 },
        { value: 9, weight: 1 },
      ]),
    ).toBe(5);
    expect(weightedMedian([{ value: 1, weight: 0 }])).toBeNull();
  });
});
