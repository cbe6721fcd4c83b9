import { createHash } from 'node:crypto';
import { readFile } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { TextCache } from '@plimsoll/application';
import { writeBeside } from '@plimsoll/local-models';

/** Keys that are names of files on every system. */
const FILE_NAME = /^[\w.-]{1,100}$/;

/** Texts in files of a folder, named by their key or its digest. A text that cannot be kept is only not kept. */
export function fileTextCache(folder: string): TextCache {
  const nameOf = (key: string): string =>
    FILE_NAME.test(key) ? key : createHash('sha256').update(key).digest('hex').slice(0, 32);
  const fileOf = (key: string): string => path.join(folder, `${nameOf(key)}.txt`);
  return {
    read: (key) => promisify(readFile)(fileOf(key), 'utf8').catch(() => null),
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
