import { appendFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Arrivals } from './arrivals.js';

let home: string;
let folder: string;
const at = (name: string): string => path.join(folder, name);
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-arrivals-'));
  folder = path.join(home, 'in');
  await mkdir(folder);
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('a photo arrives once, when it has been at rest between two looks, and again when it has changed', async () => {
  const arrivals = new Arrivals();
  const look = (): Promise<readonly string[]> => arrivals.look(folder);
  expect(await look()).toEqual([]);
  await writeFile(at('a.jpg'), 'half');
  expect(await look()).toEqual([]);
  await appendFile(at('a.jpg'), 'of it');
  expect(await look()).toEqual([]);
  expect(await look()).toEqual([at('a.jpg')]);
  expect(await look()).toEqual([]);
  await appendFile(at('a.jpg'), 'edited');
  expect(await look()).toEqual([]);
  expect(await look()).toEqual([at('a.jpg')]);
});

test('what was there before a folder was away is not new when it is back', async () => {
  const arrivals = new Arrivals();
  await writeFile(at('a.jpg'), 'a');
  await arrivals.look(folder);
  expect(await arrivals.look(folder)).toEqual([at('a.jpg')]);
  await rename(folder, `${folder} away`);
  expect(await arrivals.look(folder)).toEqual([]);
  await rename(`${folder} away`, folder);
  expect([...(await arrivals.look(folder)), ...(await arrivals.look(folder))]).toEqual([]);
});
