import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageFailedError } from '@plimsoll/domain';
import { isRunning } from './is-running.js';

/** Several machines or containers may share a folder for temporary files; each knows its own processes only. */
const machine = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/**
 * Lets `use` work in a folder of its own in `parent`, among the temporary files when absent, and removes it afterwards
 * whatever happens. What killed processes left behind under the same purpose, a word such as `import`, is removed first.
 * @throws StorageFailedError when it cannot be made; whatever `use` throws
 */
export async function withScratchFolder<Result>(
  purpose: string,
  use: (folder: string) => Promise<Result>,
  parent: string = tmpdir(),
): Promise<Result> {
  const prefix = `plimsoll-${purpose}-${machine()}-`;
  await removeAbandoned(parent, prefix);
  const folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`)).catch((cause: unknown) => {
    throw new StorageFailedError(`A temporary folder could not be made in ${parent}.`, {
      cause,
      hint: 'Make room and permission there, or name another folder with TMPDIR.',
    });
  });
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const pid = name.startsWith(prefix) ? /^(\d+)-\w{6}$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid === undefined || isRunning(Number(pid))) continue;
    // A folder of another user stays.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
