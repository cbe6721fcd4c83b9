import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FolderCatalog } from './folder-catalog.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'plimsoll-catalog-'));
  for (const name of ['tale-f16', 'tale-Q4_K_M', 'other-Q4_K_M'])
    await writeFile(path.join(folder, `${name}.gguf`), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const names = async (model: string): Promise<readonly string[]> =>
  (await new FolderCatalog({ modelsFolder: folder }).variants(model)).map(({ name }) => name).sort();

test('a name has the variants that differ from it in the level alone', async () => {
  expect(await names('tale')).toEqual(['tale-Q4_K_M', 'tale-f16']);
});

test('a path stands for itself', async () => {
  const file = path.join(folder, 'tale-f16.gguf');
  expect(await names(file)).toEqual([file]);
  expect(await names(path.join(folder, 'nothing.gguf'))).toEqual([]);
});

test('a recipe is a variant too, of a name and of a path, whatever its bits', async () => {
  for (const name of ['tale-mixed-4.50bpw', 'tale-mixed-3.10bpw', 'other-mixed-4.50bpw', 'tale-mixed'])
    await writeFile(path.join(folder, `${name}.gguf`), '');
  expect(await names('tale')).toEqual(['tale-Q4_K_M', 'tale-f16', 'tale-mixed-3.10bpw', 'tale-mixed-4.50bpw']);
  const files = ['tale-f16', 'tale-mixed-3.10bpw', 'tale-mixed-4.50bpw'].map((name) =>
    path.join(folder, `${name}.gguf`),
  );
  expect(await names(files[0] ?? '')).toEqual(files);
  expect(await names(files[1] ?? '')).toEqual([files[1], files[2]]);
});
