import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import { StorageFailedError } from '@plimsoll/domain';
import { isRunning } from '@plimsoll/local-models';

const SUFFIX = /\.(\d+)-[0-9a-f]{8}\.part$/;

/**
 * A file that is written beside its place and moved there when it is whole. Whatever interrupts the writing,
 * the place holds the old file or none.
 */
export class PartialFile {
  /** Where to write. */
  readonly path: string;
  readonly #target: string;

  private constructor(target: string) {
    this.#target = target;
    this.path = `${target}.${process.pid}-${randomBytes(4).toString('hex')}.part`;
  }

  /**
   * Makes the empty file, so that a missing permission shows before the work; removes what killed runs left.
   * @throws StorageFailedError
   */
  static async create(target: string): Promise<PartialFile> {
    const partial = new PartialFile(target);
    await guarded(target, async () => {
      await removeAbandoned(target);
      await (await open(partial.path, 'wx')).close();
    });
    return partial;
  }

  /** @throws StorageFailedError when the disk has less room. */
  async demandRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(path.dirname(this.path));
    if (bavail * bsize >= bytes) return;
    throw new StorageFailedError(`${this.#target} needs ${bytes} bytes; the disk has ${bavail * bsize} left.`, {
      hint: 'Free some space or choose another folder.',
      remedies: [{ kind: 'use-options', options: { out: 'PATH' } }],
    });
  }

  /** Moves the finished file into its place, on the disk for good. */
  async commit(): Promise<void> {
    await guarded(this.#target, async () => {
      await synced(this.path);
      await rename(this.path, this.#target);
      // The new name too must survive a power cut; Windows has no such call.
      if (process.platform !== 'win32') await synced(path.dirname(this.#target));
    });
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true, maxRetries: 3 });
  }
}

async function synced(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function guarded(target: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const why: Readonly<Record<string, string>> = {
      ENOENT: 'its folder does not exist',
      ENOTDIR: 'its folder is a file',
      EACCES: 'permission is denied',
      EPERM: 'permission is denied',
      EROFS: 'the disk is read-only',
      ENOSPC: 'the disk is full',
      EISDIR: 'it is a folder',
    };
    throw new StorageFailedError(`${target} cannot be written: ${why[code ?? ''] ?? String(cause)}.`, {
      hint: 'Choose another place, or make room and permission there.',
      remedies: [{ kind: 'use-options', options: { out: 'PATH' } }],
      cause,
    });
  }
}

async function removeAbandoned(target: string): Promise<void> {
  const folder = path.dirname(target);
  const base = path.basename(target);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(`${base}.`)) continue;
    const pid = SUFFIX.exec(name)?.[1];
    if (pid !== undefined && name.length === base.length + `.${pid}-00000000.part`.length && !isRunning(Number(pid))) {
      await rm(path.join(folder, name), { force: true });
    }
  }
}
