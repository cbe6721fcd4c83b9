import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ModelFolder } from './model-folder.js';

const root = await mkdtemp(path.join(tmpdir(), 'plimsoll-folder-'));
afterAll(() => rm(root, { recursive: true }));
await mkdir(path.join(root, 'team'));
await writeFile(path.join(root, 'fable-q8_0.gguf'), '12345');
await writeFile(path.join(root, 'team', 'big-00001-of-00002.gguf'), '123');
await writeFile(path.join(root, 'team', 'big-00002-of-00002.gguf'), '4567');
await writeFile(path.join(root, 'notes.txt'), '');
const folder = new ModelFolder(root);

test('lists models by name; parts are one model', async () => {
  expect((await folder.list()).map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
    ['fable-q8_0', 5],
    ['team/big', 7],
  ]);
});

test('finds by name, by a name with a colon, by path, and split files by their first part', async () => {
  expect((await folder.find('fable-q8_0'))?.path).toBe(path.join(root, 'fable-q8_0.gguf'));
  expect(await folder.find('fable:q8_0')).toMatchObject({ name: 'fable:q8_0', sizeBytes: 5 });
  expect((await folder.find(path.join(root, 'fable-q8_0.gguf')))?.sizeBytes).toBe(5);
  expect((await folder.find('team/big'))?.path).toBe(path.join(root, 'team', 'big-00001-of-00002.gguf'));
  expect(await folder.find('absent')).toBeNull();
  await expect(folder.require('absent')).rejects.toMatchObject({ code: 'model-not-found' });
});

test('any part of a split model is the model', async () => {
  const part = (n: number): string => path.join(root, 'team', `big-0000${n}-of-00002.gguf`);
  for (const name of [part(1), part(2), 'team/big-00002-of-00002']) {
    expect(await folder.find(name)).toMatchObject({ path: part(1), sizeBytes: 7 });
  }
});

test.each(['team/../../x', '', 'a\0b'])('%j is no name', async (name) => {
  expect(() => folder.place(name)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});

test('a folder that is not there holds nothing', async () => {
  expect(await new ModelFolder(path.join(root, 'none')).list()).toEqual([]);
});
