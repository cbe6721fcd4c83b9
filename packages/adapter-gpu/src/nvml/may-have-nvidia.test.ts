import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mayHaveNvidia } from './may-have-nvidia.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'may-have-nvidia-'));
  await mkdir(join(root, 'dev'));
});
afterEach(() => rm(root, { recursive: true }));

async function addCard(address: string, vendor: string): Promise<void> {
  const folder = join(root, 'sys/bus/pci/devices', address);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'vendor'), `${vendor}\n`);
}

test('a machine with cards of others only has none', async () => {
  await addCard('0000:00:02.0', '0x8086');
  await writeFile(join(root, 'dev', 'nvme0'), '');
  expect(mayHaveNvidia(root)).toBe(false);
});

test('a card counts before its driver is loaded', async () => {
  await addCard('0000:00:02.0', '0x8086');
  await addCard('0000:01:00.0', '0x10de');
  expect(mayHaveNvidia(root)).toBe(true);
});

test.each(['nvidiactl', 'nvhost-ctrl', 'nvmap', 'dxg'])('/dev/%s stands for a device without a card', async (name) => {
  await addCard('0000:00:02.0', '0x8086');
  await writeFile(join(root, 'dev', name), '');
  expect(mayHaveNvidia(root)).toBe(true);
});

test('a machine that does not tell its cards may have one', () => {
  expect(mayHaveNvidia(root)).toBe(true);
});
