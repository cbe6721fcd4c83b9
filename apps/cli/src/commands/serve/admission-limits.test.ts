import { expect, it } from 'vitest';
import { admissionLimits } from './serve.action.js';

it.each([
  [{}, {}],
  [{ concurrent: 2 }, { concurrent: 2 }],
  [
    { maxQueue: 0, queueWait: 30 },
    { mostWaiting: 0, waitMs: 30_000 },
  ],
])('%o of the command line are %o of the server', (flags, limits) => {
  expect(admissionLimits(flags)).toEqual(limits);
});
