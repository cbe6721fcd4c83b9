import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a process may take to end. */
const SETTLE_MS = 10_000;

/** The processes that this one has started and that have not ended; none where the system does not tell. */
export async function children() {
  const threads = await readdir('/proc/self/task').catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/self/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** What the processes run that were not there before and do not end. */
export async function leftSince(before) {
  let left = [];
  for (let waitedMs = 0; waitedMs < SETTLE_MS; waitedMs += 50) {
    left = (await children()).filter((pid) => !before.includes(pid));
    if (left.length === 0) return [];
    await sleep(50);
  }
  return Promise.all(
    left.map(async (pid) => `${pid} ${await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')}`),
  );
}
