import { expect, test } from 'vitest';
import { niceTicks } from './axis.js';

test.each([
  [100, 5, [0, 20, 40, 60, 80, 100]],
  [0.0091, 5, [0, 0.002, 0.004, 0.006, 0.008]],
  [16.8, 4, [0, 5, 10, 15]],
  [0, 4, [0]],
])('round values up to %d, about %i', (highest, about, ticks) => {
  expect(niceTicks(highest, about)).toEqual(ticks);
});
