import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeBeside } from './write-beside.js';

const folder = await mkdtemp(join(tmpdir(), 'beside-test-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const file = join(folder, 'page.html');

test('a file that cannot be finished leaves the old one, and nothing beside it', async () => {
  await writeBeside(file, (partial) => writeFile(partial, 'old'));
  const failing = writeBeside(file, async (partial) => {
    await writeFile(partial, 'half');
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await readFile(file, 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['page.html']);
});

test('what killed processes left is removed, and nothing else', async () => {
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  const others = [`page.html.${process.ppid}.partial`, `page.html.${ended}.txt`, `other.${ended}.part`];
  const left = [`page.html.${ended}.partial`, `page.html.${ended}.part`];
  for (const name of [...others, ...left]) await writeFile(join(folder, name), 'x');
  await writeBeside(file, (partial) => writeFile(partial, 'new'));
  expect((await readdir(folder)).sort()).toEqual(['page.html', ...others].sort());
});
