import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FixedHostProbe } from '@plimsoll/testing';
import { expect, test } from 'vitest';
import { keptMemoryBandwidth } from './memory-bandwidth.js';

test('a machine is measured once, and another one anew', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-bandwidth-'));
  let measured = 0;
  const on = async (processorName: string) =>
    keptMemoryBandwidth(folder, async () => ++measured * 1e9)(await new FixedHostProbe({ processorName }).read());
  expect(await on('One')).toBe(1e9);
  expect(await on('One')).toBe(1e9);
  expect(await on('Other')).toBe(2e9);
  await rm(folder, { recursive: true });
});

test('what could not be measured is not kept, and is measured once for all who ask', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-bandwidth-'));
  const answers = [null, 3e9, 4e9];
  const bandwidth = keptMemoryBandwidth(folder, async () => answers.shift() ?? null);
  const host = await new FixedHostProbe().read();
  expect(await bandwidth(host)).toBeNull();
  expect(await Promise.all([bandwidth(host), bandwidth(host)])).toEqual([3e9, 3e9]);
  await rm(folder, { recursive: true });
});
