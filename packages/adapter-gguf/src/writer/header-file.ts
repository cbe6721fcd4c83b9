import { join } from 'node:path';
import { StorageFailedError, isPlimsollError, type ModelHeader, type PresetTensorType } from '@plimsoll/domain';
import { withScratchFolder } from '@plimsoll/local-models';
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
  return withScratchFolder('header', async (folder) => {
    const path = join(folder, 'model.gguf');
    await storing(writeHeaderOnlyGguf(path, header, types));
    return use(path);
  });
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
