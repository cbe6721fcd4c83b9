import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAndRate } from '../examples/read-and-rate.js';
import { cc0PhotoPath } from './cc0-photos.js';

test('the example rates a photo and writes its stars', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-example-'));
  try {
    await copyFile(cc0PhotoPath('nagasaki-boats'), path.join(folder, 'boats.jpg'));
    expect(await readAndRate(path.join(folder, 'boats.jpg'))).toMatch(/^(approve|review), [345]\.\d$/);
    expect(await readFile(path.join(folder, 'boats.xmp'), 'utf8')).toMatch(/xmp:Rating="[345]"/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
