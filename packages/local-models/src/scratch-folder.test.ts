import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withScratchFolder } from './scratch-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scratch-test-'));
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

test('a scratch folder is there while it is used, and goes whatever happens', async () => {
  const seen: string[] = [];
  const used = withScratchFolder('import', async (place) => {
    seen.push(place);
    await writeFile(join(place, 'model.gguf'), 'x');
    throw new Error('no');
  });
  await expect(used).rejects.toThrow('no');
  expect(existsSync(seen[0] ?? folder)).toBe(false);
});

test('what a killed process left is removed, and nothing else', async () => {
  const own = await withScratchFolder('import', async (place) => basename(place));
  const ended = spawnSync(process.execPath, ['-e', '']).pid;
  const of = (pid: number, purpose = 'import'): string =>
    own.replace('-import-', `-${purpose}-`).replace(`-${process.pid}-`, `-${pid}-`);
  const left = of(ended);
  const others = [of(process.ppid), of(ended, 'header'), left.replace(/^plimsoll/, 'other'), `${left}.gguf`];
  for (const name of [left, ...others]) await mkdir(join(folder, name, 'deep'), { recursive: true });
  await withScratchFolder('import', async () => undefined);
  expect((await readdir(folder)).sort()).toEqual(others.sort());
});
