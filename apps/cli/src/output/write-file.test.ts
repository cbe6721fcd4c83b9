import { lstat, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeWhole } from './write-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-write-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a file is written whole, and replaced whole', async () => {
  const file = path.join(folder, 'a.csv');
  await writeWhole(file, 'one');
  await writeWhole(file, 'two');
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['a.csv']);
});

test.skipIf(process.platform === 'win32')('a device is written to and stays a device', async () => {
  await writeWhole('/dev/null', 'gone');
  expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
});
