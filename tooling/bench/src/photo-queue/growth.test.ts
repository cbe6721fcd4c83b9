import { expect, test } from 'vitest';
import { simulateFarm } from './growth.mjs';
import type { Farm } from './growth.mjs';

const costs = { digest: 1e-3, redis: 1e-4, database: 1e-3, pixels: 0.1, model: 1 };
const farm: Farm = { workers: 1, producers: 1, databaseCores: 8, survivors: 0.5, costs };

test('what is busiest bounds the farm, at the rate that arithmetic gives', () => {
  // A model that judges half of the photos in a second each: two photos a second for each worker.
  const one = simulateFarm(farm);
  expect(one.bound).toBe('model');
  expect(one.photosPerSecond / 2).toBeCloseTo(1, 1);
  expect(simulateFarm({ ...farm, workers: 100 }).photosPerSecond / 200).toBeCloseTo(1, 1);
  // Redis serves one at a time: 3 visits of a photo, whatever becomes of it on average 2.5.
  const redis = simulateFarm({ ...farm, workers: 20_000, producers: 10, costs: { ...costs, redis: 1e-3 } });
  expect(redis.bound).toBe('redis');
  expect(redis.photosPerSecond * 2.5e-3).toBeCloseTo(1, 1);
});

test('one producer feeds as many workers as it can read photos for', () => {
  const { bound, photosPerSecond } = simulateFarm({ ...farm, workers: 2000 });
  expect(bound).toBe('producer');
  expect(photosPerSecond / 1000).toBeCloseTo(1, 1);
});

test('the same seed gives the same run', () => {
  expect(simulateFarm(farm)).toEqual(simulateFarm(farm));
});
