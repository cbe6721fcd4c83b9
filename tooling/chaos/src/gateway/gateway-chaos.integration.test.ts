import { expect, it } from 'vitest';
import { run } from './gateway-chaos.mjs';

/** A short part of `npm run chaos -- gateway`. */
it.each([false, true])(
  'each request comes to one end while the server behind it fails in every way, translated: %s',
  async (translated) => {
    const report = await run({ requests: 200, stepEveryMs: 30, seed: 1, translated });
    expect(report.failures).toEqual([]);
    const { answered, refused, brokenOff, left } = report;
    expect(answered + refused + brokenOff + left).toBe(200);
    expect(answered).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  },
);
