import { access, constants, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { InvalidInputError, StorageFailedError } from '@plimsoll/domain';
import { writeBeside } from '@plimsoll/local-models';

/**
 * Makes sure, before long work begins, that a file can be written later.
 * @throws InvalidInputError when the folder is missing or the name is a folder, StorageFailedError without permission
 */
export async function checkWritable(flag: string, file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true) {
    throw new InvalidInputError(`${flag} names ${file}, but there is no folder ${folder}.`, {
      hint: `Make the folder first: mkdir -p "${folder}"`,
    });
  }
  if ((await stat(file).catch(() => null))?.isDirectory() === true) {
    throw new InvalidInputError(`${flag} names ${file}, which is a folder.`, { hint: 'Name a file in it.' });
  }
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    throw new StorageFailedError(`${flag} names ${file}, but nothing may be written to ${folder}.`, {
      hint: 'Choose another folder.',
      cause,
    });
  }
}

/**
 * Writes a whole file or nothing: beside its place first, then renamed. A device or a pipe, such as `/dev/stdout`, is
 * written to and never replaced.
 * @throws StorageFailedError
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  try {
    if ((await stat(file).catch(() => null))?.isFile() === false) {
      await writeFile(file, text);
      return;
    }
    await writeBeside(file, (partial) => writeFile(partial, text));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const reason = code === 'ENOSPC' ? 'the disk is full' : (code ?? 'unknown reason');
    throw new StorageFailedError(`${file} cannot be written: ${reason}.`, { cause });
  }
}
