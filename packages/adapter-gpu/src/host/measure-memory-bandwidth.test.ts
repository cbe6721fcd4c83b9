import { expect, test } from 'vitest';
import { measureMemoryBandwidth } from './measure-memory-bandwidth.js';

test('threads read memory at a rate that a machine can have', async () => {
  const rate = await measureMemoryBandwidth({ threads: 2, durationMs: 20, bytes: 64 * 1024 ** 2, load: 0 });
  // From a busy virtual machine to sockets with HBM, and caches that hold what is read here.
  expect(rate).toBeGreaterThan(0.05e9);
  expect(rate).toBeLessThan(20_000e9);
});

test('memory that is not there is not taken', async () => {
  expect(await measureMemoryBandwidth({ bytes: Number.MAX_SAFE_INTEGER, load: 0 })).toBeNull();
});

test('a busy machine is not measured', async () => {
  expect(await measureMemoryBandwidth({ threads: 2, load: 2.5 })).toBeNull();
});
