import { expect, it } from 'vitest';
import { run } from './governor-chaos.mjs';

/** A short part of `npm run chaos -- governor`. */
it('answers stay whole and of one level while the governor moves the model', async () => {
  const report = await run({ requests: 40, stepEveryMs: 200, seed: 1 });
  expect(report.failures).toEqual([]);
  expect(report.answered).toBe(40);
  expect(report.steps).toBeGreaterThan(0);
  // Levels that say the same could be mixed without anybody seeing it.
  expect(report.textsThatDiffer).toBeGreaterThan(2);
}, 600_000);
