import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunning } from './is-running.js';

const LEFT = /^(\d+)\.(?:part|partial)$/u;

/**
 * Lets `write` make a file beside its place, and moves it there when it is whole: whatever interrupts the writing, the
 * place holds the old file or none. What killed processes left beside the same place is removed first.
 */
export async function writeBeside(file: string, write: (partial: string) => Promise<void>): Promise<void> {
  await removeLeftBeside(file);
  const partial = `${file}.${process.pid}.partial`;
  try {
    await write(partial);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Removes files that killed processes were writing to bring them to this place. */
export async function removeLeftBeside(file: string): Promise<void> {
  const base = `${basename(file)}.`;
  for (const name of await readdir(dirname(file)).catch(() => [])) {
    const pid = name.startsWith(base) ? LEFT.exec(name.slice(base.length))?.[1] : undefined;
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(join(dirname(file), name), { force: true }).catch(() => undefined);
  }
}
