import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { StorageFailedError, formatBytes } from '@plimsoll/domain';
import type { BuildOptions } from '@plimsoll/domain';
import { withScratchFolder } from '@plimsoll/local-models';
import { npmInstall } from './npm-install.js';
import type { PinnedBuild } from './pinned-builds.js';

/** Left free beside what a build takes, in bytes. */
const SPARE_BYTES = 64 * 1024 ** 2;

/**
 * Fetches a build and puts it into `folder` under its name, whole or not at all: what is fetched lies beside it until
 * then, and what an interrupted attempt left is removed by the next one.
 * @throws StorageFailedError when there is no room; whatever `npmInstall` throws
 */
export async function installBuild(build: PinnedBuild, folder: string, options: BuildOptions = {}): Promise<void> {
  const { signal, onProgress } = options;
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new StorageFailedError(`${folder} cannot be made.`, { hint: 'Builds are kept there.', cause });
  });
  const total = neededBytes(build);
  await demandRoom(folder, total);
  await withScratchFolder(
    'engine',
    async (scratch) => {
      const [main = '', ...over] = await npmInstall(build.packages, scratch, signal, (completed) => {
        onProgress?.({ phase: 'fetching', completed: Math.min(completed, total), total, unit: 'bytes' });
      });
      const libraries = path.join(main, 'bins', path.basename(build.packages[0].name));
      for (const extension of over) await replaceFiles(extension, libraries);
      const place = path.join(folder, build.name);
      await rm(place, { recursive: true, force: true });
      await rename(libraries, place);
    },
    folder,
  );
}

/** Bytes on the disk while a build is fetched: archives and what is in them. */
export function neededBytes({ packages }: PinnedBuild): number {
  return packages.reduce((sum, { packedBytes, unpackedBytes }) => sum + packedBytes + unpackedBytes, 0);
}

/** An extension of a package keeps the files that take the place of the package's own in a folder `fallback`. */
async function replaceFiles(extension: string, libraries: string): Promise<void> {
  const from = path.join(extension, 'bins', path.basename(libraries), 'fallback');
  for (const name of await readdir(from)) await rename(path.join(from, name), path.join(libraries, name));
}

async function demandRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + SPARE_BYTES) return;
  throw new StorageFailedError(
    `The build takes ${formatBytes(bytes)} while it is fetched, and ${formatBytes(free)} are free in ${folder}.`,
    { hint: 'Make room there, or name another folder for data with XDG_DATA_HOME.' },
  );
}
