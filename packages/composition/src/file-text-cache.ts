import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TextCache } from '@plimsoll/application';
import { writeBeside } from '@plimsoll/local-models';

/** Texts in files of a folder, named by a digest of their key. A text that cannot be kept is only not kept. */
export function fileTextCache(folder: string): TextCache {
  const fileOf = (key: string): string =>
    path.join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.txt`);
  return {
    read: (key) => readFile(fileOf(key), 'utf8').catch(() => null),
    async write(key, text) {
      try {
        await mkdir(folder, { recursive: true });
        await writeBeside(fileOf(key), (partial) => writeFile(partial, text));
      } catch {
        // Written anew next time.
      }
    },
  };
}
