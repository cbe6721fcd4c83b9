import { access, constants, statfs } from 'node:fs/promises';
import path from 'node:path';
import { finding, type Finding, type FindingFact } from '@plimsoll/application';

type Obstacle = Extract<FindingFact, { readonly kind: 'cannot-keep' }>['why'];

/** Codes with which systems refuse to write. */
const OBSTACLES: Readonly<Record<string, Obstacle>> = { EROFS: 'read-only', EACCES: 'forbidden', EPERM: 'forbidden' };

/** Less than this is too little for a page of a database and its log, in bytes. */
const LEAST_FREE_BYTES = 64 * 1024;

/** Warns of folders in which these files could not be written. Nothing is written to find out. */
export async function checkFolders(files: readonly string[]): Promise<readonly Finding[]> {
  const folders = [...new Set(files.map((file) => path.dirname(file)))];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const why = await obstacleIn(folder);
      return why === null ? [] : [finding('folders', 'warning', { kind: 'cannot-keep', folder, why })];
    }),
  );
  return found.flat();
}

/** Of a folder that is not there, what stands in the way of making it. */
async function obstacleIn(folder: string): Promise<Obstacle | null> {
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < LEAST_FREE_BYTES ? 'full' : null;
  } catch (error) {
    const code = String(error instanceof Error && 'code' in error ? error.code : '');
    const above = path.dirname(folder);
    return code === 'ENOENT' && above !== folder ? obstacleIn(above) : (OBSTACLES[code] ?? null);
  }
}
