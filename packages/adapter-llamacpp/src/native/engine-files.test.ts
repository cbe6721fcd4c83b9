import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support/settings.js';
import { findEngineFiles } from './engine-files.js';

const folder = await temporaryFolder();

test('finds the shipped libraries', () => {
  const files = findEngineFiles({ flavor: 'cpu' });
  expect(path.dirname(files.llama)).toBe(files.folder);
});

test.each([
  ['a folder that is not there', async () => path.join(folder, 'none')],
  [
    'libraries of another release',
    async () => {
      const other = path.join(folder, 'other');
      await mkdir(other);
      const record = { buildOptions: { llamaCpp: { release: 'v0.6.0' } } };
      await writeFile(path.join(other, '_nlcBuildMetadata.json'), JSON.stringify(record));
      return other;
    },
  ],
])('%s is a mismatch with the way out', async (_, make) => {
  const librariesFolder = await make();
  expect(() => findEngineFiles({ librariesFolder })).toThrow(
    expect.objectContaining({ code: 'engine-mismatch', hint: expect.stringContaining('npm install') as string }),
  );
});
