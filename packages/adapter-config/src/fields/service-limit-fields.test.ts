import { DEFAULT_SERVICE_LIMITS } from '@plimsoll/domain';
import { expect, it } from 'vitest';
import { decodeLimits, encodeLimits, limitsSchema } from './service-limit-fields.js';

it('fills up what is usual, and writes only what is not', () => {
  const entries = { waiting_requests: 3, wait_seconds: 30, body_mb: 8, requests_per_minute: 60 };
  const limits = decodeLimits(entries);
  expect(limits).toEqual({
    ...DEFAULT_SERVICE_LIMITS,
    ...{ waitingRequests: 3, waitMs: 30_000, bodyBytes: 8 * 1024 ** 2, requestsPerMinute: 60 },
  });
  expect(encodeLimits(limits)).toEqual(entries);
  expect(decodeLimits({})).toEqual(DEFAULT_SERVICE_LIMITS);
  expect(encodeLimits(DEFAULT_SERVICE_LIMITS)).toEqual({});
});

it.each([
  [{ body_mb: 0 }, false],
  [{ body_mb: 5000 }, false],
  [{ concurrent_requests: null }, false],
  [{ requests_per_minute: null }, true],
  [{ max_queue: 3 }, false],
])('%j is allowed: %s', (entries, isAllowed) => {
  expect(limitsSchema().safeParse(entries).success).toBe(isAllowed);
});
