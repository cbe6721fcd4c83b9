import { beforeAll, describe, expect, it } from 'vitest';
import { PROMISE_NAMES, tryGovernor } from './governor.mjs';

/** A few thousand traces; 100,000 of them are `npm run fuzz -- governor`. */
describe('whatever happens', () => {
  let report: ReturnType<typeof tryGovernor>;
  beforeAll(() => {
    report = tryGovernor({ runs: 2000, seed: 1 });
  }, 120_000);

  it.each(PROMISE_NAMES)('%s', (name) => {
    expect(report.failures).toEqual([]);
    expect(report.tested[name]).toBeGreaterThan(20);
  });
});
