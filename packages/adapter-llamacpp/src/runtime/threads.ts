import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Threads of the engine: for one token at a time, and for whole batches. */
export interface ThreadCounts {
  /** Counts to choose from, in the order of trying. */
  readonly decode: readonly number[];
  readonly batch: readonly number[];
}

/**
 * Threads by default. llama.cpp's threads spin while they wait for each other, so one thread more than there
 * are free cores costs orders of magnitude. While it decodes, the engine talks to this process all the time:
 * leaving a core to it is safe and tried first. A batch is one long computation during which this process sleeps.
 * On an idle machine taking all cores is faster for both; which it is now is found by trying.
 */
export function defaultThreads(cores: number = physicalCores()): ThreadCounts {
  const fewer = Math.max(1, cores - 1);
  return { decode: [...new Set([fewer, cores])], batch: [...new Set([cores, fewer])] };
}

/**
 * Cores this process may use. Two hardware threads of one core share its arithmetic; where Linux tells which
 * they are, they count once. Other systems' processors are counted as they are.
 */
export function physicalCores(): number {
  const usable = availableParallelism();
  if (process.platform !== 'linux') return usable;
  try {
    const root = '/sys/devices/system/cpu';
    const cores = new Set(
      readdirSync(root)
        .filter((name) => /^cpu\d+$/.test(name))
        .map((name) => readFileSync(`${root}/${name}/topology/thread_siblings_list`, 'utf8').trim()),
    );
    // A virtual machine with two processors on one core still has two to give.
    return cores.size > 1 ? Math.min(usable, cores.size) : usable;
  } catch {
    return usable;
  }
}
