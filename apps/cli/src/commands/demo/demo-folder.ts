import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { StorageFailedError } from '@plimsoll/domain';
import { writeBeside } from '@plimsoll/local-models';

/** Where the demo works: a folder of the cache, with the sample model in it. */
export interface DemoFolder {
  readonly folder: string;
  /** The sample model's copy; its variants are made beside it. */
  readonly model: string;
  /** Measurements of the demo stay out of the user's own. */
  readonly storeFile: string;
}

/** Why a folder cannot be worked in, by the system's code. Making one on a read-only disk gives ENOENT, too. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the disk is read-only',
  ENOENT: 'it cannot be made, perhaps because the disk is read-only',
  ENOTDIR: 'a part of its path is a file',
};

/** Makes the folder, with a whole copy of the sample model. @throws StorageFailedError */
export async function prepareDemoFolder(cache: string): Promise<DemoFolder> {
  const { SAMPLE_MODEL, sampleModelPath } = await import('@plimsoll/sample-model');
  const folder = path.join(cache, 'demo');
  const model = path.join(folder, path.basename(sampleModelPath()));
  try {
    await mkdir(folder, { recursive: true });
    const there = await stat(model).catch(() => null);
    if (there?.size !== SAMPLE_MODEL.fileBytes) {
      await writeBeside(model, (partial) => copyFile(sampleModelPath(), partial));
    }
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new StorageFailedError(`The demo cannot work in ${folder}: ${REASONS[code] ?? (cause as Error).message}.`, {
      hint: 'It needs about 40 MiB. Choose another place with XDG_CACHE_HOME.',
      cause,
    });
  }
  return { folder, model, storeFile: path.join(folder, 'measurements.db') };
}
