import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageFailedError, isPlimsollError, type ModelHeader, type PresetTensorType } from '@plimsoll/domain';
import { writeHeaderOnlyGguf } from './header-only.js';

/**
 * Lets `use` work with a header-only file of the model in a temporary folder, and removes it afterwards whatever
 * happens.
 * @throws StorageFailedError when the file cannot be written; whatever `use` throws
 */
export async function withHeaderFile<Result>(
  header: ModelHeader,
  types: readonly PresetTensorType[],
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await storing(mkdtemp(join(tmpdir(), 'plimsoll-header-')));
  try {
    const path = join(folder, 'model.gguf');
    await storing(writeHeaderOnlyGguf(path, header, types));
    return await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function storing<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (cause) {
    if (isPlimsollError(cause)) throw cause;
    throw new StorageFailedError('A temporary file with the header of the model could not be written.', {
      cause,
      hint: 'Make room in the folder for temporary files, or name another one with TMPDIR.',
    });
  }
}
