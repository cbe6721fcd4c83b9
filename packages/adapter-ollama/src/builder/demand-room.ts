import { statfs } from 'node:fs/promises';
import { StorageFailedError } from '@plimsoll/domain';

/** Free bytes on the disk of a folder; null when that cannot be told. */
export type FreeBytes = (folder: string) => Promise<number | null>;

/** As the system tells. */
export const freeBytes: FreeBytes = async (folder) => {
  const disk = await statfs(folder).catch(() => null);
  return disk === null ? null : disk.bavail * disk.bsize;
};

/**
 * Refuses to start what would fill a disk. A folder whose disk cannot be asked is let through: the server has the
 * last word.
 *
 * @throws StorageFailedError naming what is needed and what there is
 */
export async function demandRoom(free: FreeBytes, folder: string, bytes: number, way: string): Promise<void> {
  const left = await free(folder);
  if (left === null || left >= bytes) return;
  throw new StorageFailedError(`${folder} needs ${bytes} bytes for this build; its disk has ${left} left.`, {
    hint: way,
  });
}
