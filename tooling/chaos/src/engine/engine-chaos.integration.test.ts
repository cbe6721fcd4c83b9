import { expect, it } from 'vitest';
import { run } from './engine-chaos.mjs';

/** V8's heap still finds its size in so short a run; a cache of answers or contexts would need more than this. */
const MOST_GROWTH_BYTES = 32 * 1024 ** 2;

/** A short part of `npm run chaos -- engine`. */
it.skipIf(process.platform !== 'linux')('answers and cancelled answers leave nothing in the engine', async () => {
  const report = await run({ requests: 60, cancelled: 40, seed: 1, mostGrowthBytes: MOST_GROWTH_BYTES });
  expect(report.failures).toEqual([]);
  expect(report.gaveUp).toBeGreaterThan(10);
});
