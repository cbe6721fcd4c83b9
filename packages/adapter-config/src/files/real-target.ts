import { readlink, realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The file behind a path: links are followed, also one whose target is not there yet. */
export async function realTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const target = await readlink(path).catch(() => null);
    return target === null ? path : resolve(dirname(path), target);
  }
}
