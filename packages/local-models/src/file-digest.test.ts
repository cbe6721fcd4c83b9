import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fileDigest } from './file-digest.js';

const folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-digest-'));
afterAll(() => rm(folder, { recursive: true }));

const MIB = 1 << 20;
const digestOf = async (content: Uint8Array): Promise<string | null> => {
  const file = path.join(folder, 'file');
  await writeFile(file, content);
  return fileDigest(file);
};

test('the same content has the same digest wherever it lies; a missing file has none', async () => {
  const content = new Uint8Array(3 * MIB).fill(7);
  expect(await digestOf(content)).toBe(await digestOf(content));
  expect(await fileDigest(path.join(folder, 'none'))).toBeNull();
});

test.each([0, 1, 100, MIB, MIB + 1, 4 * MIB])('of a small file of %i bytes every byte counts', async (size) => {
  const content = new Uint8Array(size);
  const before = await digestOf(content);
  expect(before).toMatch(/^sampled-sha256:[0-9a-f]{64}$/);
  for (const at of [0, size >> 1, size - 1].filter((i) => i >= 0 && i < size)) {
    const changed = content.slice();
    changed[at] = 1;
    expect(await digestOf(changed)).not.toBe(before);
  }
  expect(await digestOf(new Uint8Array(size + 1))).not.toBe(before);
});

test('of a large file the beginning and pieces all over the rest count', async () => {
  const content = new Uint8Array(12 * MIB);
  const before = await digestOf(content);
  // Requantizing changes long runs of bytes: any run of an eleventh of the file holds a piece.
  for (let at = MIB; at + MIB <= content.length; at += MIB) {
    expect(await digestOf(content.slice().fill(1, at, at + MIB))).not.toBe(before);
  }
});
