import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCachedFile, encodeCachedFile } from './cached-file-format.js';
import type { CachedFile, HeaderCache } from './header-cache.js';

const SUFFIX = '.header';

/** Where and how much. */
export interface DiskHeaderCacheOptions {
  readonly folder: string;
  /** Entries used longest ago are removed beyond this many bytes. Default 512 MiB. */
  readonly maxBytes?: number;
}

/**
 * A cache folder: one file per entry, named by the hash of its key, written beside and renamed, verified by
 * checksum when read. A file's modification time tells when it was last used. Safe for several processes at once.
 */
export class DiskHeaderCache implements HeaderCache {
  private readonly folder: string;
  private readonly maxBytes: number;

  constructor(options: DiskHeaderCacheOptions) {
    this.folder = options.folder;
    this.maxBytes = options.maxBytes ?? 512 * 2 ** 20;
  }

  async get(key: string): Promise<CachedFile | null> {
    const path = this.pathOf(key);
    try {
      const file = decodeCachedFile(await readFile(path), key);
      if (file === null) {
        await rm(path, { force: true });
        return null;
      }
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined);
      return file;
    } catch {
      return null;
    }
  }

  async put(key: string, file: CachedFile): Promise<void> {
    const beside = join(this.folder, `${randomUUID()}.part`);
    try {
      const pieces = encodeCachedFile(file, key);
      if (pieces.reduce((sum, piece) => sum + piece.length, 0) > this.maxBytes) return;
      await mkdir(this.folder, { recursive: true });
      const handle = await open(beside, 'wx', 0o600);
      try {
        for (const piece of pieces) await handle.writeFile(piece);
      } finally {
        await handle.close();
      }
      await rename(beside, this.pathOf(key));
      await this.evict();
    } catch {
      await rm(beside, { force: true }).catch(() => undefined);
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, `${createHash('sha256').update(key).digest('hex')}${SUFFIX}`);
  }

  private async evict(): Promise<void> {
    const names = await readdir(this.folder);
    const facts = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        const found = await stat(path).catch(() => null);
        return { path, entry: name.endsWith(SUFFIX), bytes: found?.size ?? 0, usedMs: found?.mtimeMs ?? 0 };
      }),
    );
    const dayAgoMs = Date.now() - 86_400_000;
    for (const { path, entry, usedMs } of facts) {
      // What a killed process left behind.
      if (!entry && path.endsWith('.part') && usedMs < dayAgoMs) await rm(path, { force: true });
    }
    const entries = facts.filter(({ entry }) => entry).sort((a, b) => a.usedMs - b.usedMs);
    let total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { path, bytes } of entries) {
      if (total <= this.maxBytes) return;
      await rm(path, { force: true });
      total -= bytes;
    }
  }
}
