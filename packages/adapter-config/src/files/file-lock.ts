import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { BusyError } from '@plimsoll/domain';
import { errorCode } from './storage-error.js';

/** Writers hold the lock for milliseconds; a lock this old belongs to nobody. */
const STALE_MS = 30_000;
const RETRY_MS = 10;
const GIVE_UP_MS = 10_000;

/**
 * Runs `action` while no other process that asks for the same lock does. The lock is the file `path`.lock; that of
 * a killed process is taken over.
 * @throws BusyError when another process keeps the lock for ten seconds.
 */
export async function withFileLock<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (!(await acquire(lock))) {
    if (Date.now() > giveUpAt) {
      throw new BusyError(`${path} is being changed by another program, which does not finish.`, {
        hint: `If no other program is running, delete ${lock}.`,
      });
    }
    await removeIfStale(lock);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS * (0.5 + Math.random())));
  }
  try {
    return await action();
  } finally {
    await unlink(lock).catch(() => undefined);
  }
}

async function acquire(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600);
    try {
      await handle.writeFile(`${process.pid} ${hostname()}`);
    } catch (error) {
      // A lock that says nobody's name, because the disk is full, is not left behind.
      await unlink(lock).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Two processes may find the same lock stale: a second lock lets one of them look again and remove it. */
async function removeIfStale(lock: string): Promise<void> {
  if (!(await isStale(lock))) return;
  const guard = `${lock}.guard`;
  if (await acquire(guard)) {
    try {
      if (await isStale(lock)) await unlink(lock).catch(() => undefined);
    } finally {
      await unlink(guard).catch(() => undefined);
    }
  } else if (await isStale(guard)) {
    await unlink(guard).catch(() => undefined);
  }
}

async function isStale(lock: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readFile(lock, 'utf8'), stat(lock)]);
    const ageMs = Date.now() - mtimeMs;
    if (ageMs > STALE_MS) return true;
    const [pid, host] = holder.split(' ');
    // An empty lock is one whose writer was killed, or is between making and filling it.
    if (pid === undefined || pid === '') return ageMs > 1000;
    return host === hostname() && !isAlive(Number(pid));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Whether a process has ended and waits for its parent to notice: it holds nothing any more. Known on Linux only. */
function isZombie(pid: number): boolean {
  try {
    // The name, in parentheses, may hold anything; the state follows the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return 'ZX'.includes(stat[stat.lastIndexOf(')') + 2] ?? '?');
  } catch {
    return false;
  }
}
