import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

const HANG_MS = 1000;
const MAX_GROWTH_BYTES = 64 * 2 ** 20;
const SLICE = 20_000;

/**
 * Runs the header fuzzer in a worker that is watched from outside: a run that does not end is found even though
 * it never yields. The peak of the whole process (the operating system's own high-water mark) is taken after a
 * warm-up and at the end: its growth bounds what any single run took.
 */
export async function fuzzGguf({ runs, seed, from = 0 }) {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./gguf-worker.mjs', import.meta.url), {
    workerData: { runs, seed, from, slice: SLICE, progress },
    // Garbage that is merely not collected yet would hide what a run really needs.
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 },
  });
  let report = null;
  let failure = null;
  worker.on('message', (message) => (report = message));
  worker.on('error', (error) => (failure = String(error)));
  const ended = new Promise((resolve) => worker.once('exit', resolve));

  let hungRun = null;
  let [last, since] = [-1, performance.now()];
  while ((await Promise.race([ended, sleep(200, 'running')])) === 'running') {
    const run = Atomics.load(progress, 0);
    if (run !== last) [last, since] = [run, performance.now()];
    else if (performance.now() - since > 10 * HANG_MS) {
      hungRun = run;
      await worker.terminate();
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${run - from} of ${runs}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  if (report === null) return { runs, passed: false, hungRun, problem: failure ?? 'the worker stopped' };
  const passed =
    report.failures.length === 0 && report.slowestMs < HANG_MS && report.peakGrowthBytes < MAX_GROWTH_BYTES;
  return { ...report, passed };
}
