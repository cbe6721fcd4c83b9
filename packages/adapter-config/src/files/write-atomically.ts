import { randomUUID } from 'node:crypto';
import type * as nodeFiles from 'node:fs/promises';
import { chown, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './storage-error.js';

/** The file operations of saving, so that tests can make them fail. */
export type SavingFiles = Pick<typeof nodeFiles, 'open' | 'rename' | 'unlink' | 'readdir' | 'stat' | 'mkdir' | 'chown'>;

const RENAME_TRIES = 5;

/**
 * Replaces a file so that at every moment the old or the new one is there, whole: the text goes to a file beside,
 * reaches the disk, and takes the name. The caller holds the lock; temporary files of killed writers are removed.
 * Mode and owner stay as they were; a `secret` text is readable by its owner only.
 */
export async function writeAtomically(
  path: string,
  text: string,
  secret: boolean,
  files: SavingFiles = { chown, mkdir, open, readdir, rename, stat, unlink },
): Promise<void> {
  const folder = dirname(path);
  const prefix = `.${basename(path)}.`;
  await files.mkdir(folder, { recursive: true });
  await removeLeftovers(folder, prefix, files);
  const old = await files.stat(path).catch(() => null);
  const mode = secret ? 0o600 : (old?.mode ?? 0o644) & 0o777;
  const beside = join(folder, `${prefix}${randomUUID()}.tmp`);
  try {
    const handle = await files.open(beside, 'wx', mode);
    try {
      await handle.writeFile(text);
      if (old !== null || secret) await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Only root can give a file away; for everybody else it stays the writer's.
    if (old !== null) await files.chown(beside, old.uid, old.gid).catch(() => undefined);
    await renameOver(beside, path, files);
  } catch (error) {
    await files.unlink(beside).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder, files);
}

async function removeLeftovers(folder: string, prefix: string, files: SavingFiles): Promise<void> {
  const names = await files.readdir(folder);
  const leftovers = names.filter((name) => name.startsWith(prefix) && name.endsWith('.tmp'));
  await Promise.all(leftovers.map((name) => files.unlink(join(folder, name)).catch(() => undefined)));
}

/** On Windows a virus scanner may hold the old file for a moment. */
async function renameOver(from: string, to: string, files: SavingFiles): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await files.rename(from, to);
      return;
    } catch (error) {
      if (tries >= RENAME_TRIES || !['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20 * tries));
    }
  }
}

/** Makes the new name itself survive a power cut. Windows cannot open folders and does not need it. */
async function syncFolder(folder: string, files: SavingFiles): Promise<void> {
  const handle = await files.open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
