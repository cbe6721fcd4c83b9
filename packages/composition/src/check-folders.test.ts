import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkFolders } from './check-folders.js';

const home = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-folders-'));
afterAll(() => rm(home, { recursive: true }));

it('finds nothing where files can be written, also where the folder is not there yet', async () => {
  expect(await checkFolders([path.join(home, 'a'), path.join(home, 'b', 'c', 'd')])).toEqual([]);
});

it.runIf(process.platform === 'linux')('warns once of a folder where nothing can be written', async () => {
  // Linux lets nobody make files there, root included.
  const findings = await checkFolders(['/sys/kernel/one', '/sys/kernel/two']);
  expect(findings).toMatchObject([{ status: 'warning', fact: { kind: 'cannot-keep', folder: '/sys/kernel' } }]);
});
