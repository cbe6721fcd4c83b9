import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { PhotoResultFile } from '../src/index.js';

test('values are found again after the file is opened anew; a line that was cut off is dropped', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-results-'));
  const name = path.join(folder, 'deep', 'results.jsonl');
  try {
    const first = await PhotoResultFile.open<number>(name);
    await Promise.all([first.put('a', 1), first.put('b 🐈\n', 2), first.put('a', 3)]);
    expect([await first.get('a'), await first.get('b 🐈\n'), await first.get('c')]).toEqual([3, 2, null]);
    await first.close();
    await appendFile(name, '{"key":"c","val');
    const second = await PhotoResultFile.open<number>(name);
    expect([await second.get('a'), await second.get('b 🐈\n'), await second.get('c')]).toEqual([3, 2, null]);
    await second.put('c', 4);
    await second.close();
    expect(
      (await readFile(name, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toHaveLength(4);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
