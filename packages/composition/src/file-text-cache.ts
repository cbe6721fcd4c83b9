import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TextCache } from '@plimsoll/application';

/** Texts in files of a folder, named by a digest of their key. A text that cannot be kept is only not kept. */
export function fileTextCache(folder: string): TextCache {
  const fileOf = (key: string): string =>
    path.join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.txt`);
  return {
    read: (key) => readFile(fileOf(key), 'utf8').catch(() => null),
    async write(key, text) {
      const partial = `${fileOf(key)}.${process.pid}.partial`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(partial, text);
        await rename(partial, fileOf(key));
      } catch {
        // Written anew next time.
        await rm(partial, { force: true }).catch(() => undefined);
      }
    },
  };
}
