import os from 'node:os';
import type { Worker } from 'node:worker_threads';

/** How memory is read. */
export interface BandwidthOptions {
  /** Threads that read at once; one per processor, at most 16, when absent. */
  readonly threads?: number;
  /** How long they read; 60 ms when absent. To start and to fill the memory takes twice as long: under 200 ms in all. */
  readonly durationMs?: number;
  /** What all threads read together: more than the last cache level holds. */
  readonly bytes?: number;
  /** Programs that wait for a processor: the load average of the last minute when absent. */
  readonly load?: number;
}

const MOST_THREADS = 16;
const BYTES = 256 * 1024 ** 2;
/** A machine with less free has better uses for it. */
const LEAST_FREE_SHARE = 4;

/** What one thread tells. */
interface Pass {
  readonly bytesPerSecond: number;
}

/**
 * Bytes per second that all threads together read from RAM: each searches memory of its own for a byte that is not
 * there, which C libraries do as fast as memory allows. Null where memory is scarce, threads cannot be started, or the machine is
 * busy: what others leave of its memory is no property of it.
 */
export async function measureMemoryBandwidth(options: BandwidthOptions = {}): Promise<number | null> {
  const { threads = Math.min(MOST_THREADS, os.availableParallelism()), durationMs = 60, bytes = BYTES } = options;
  const { load = os.loadavg()[0] ?? 0 } = options;
  if (load > threads || os.freemem() < LEAST_FREE_SHARE * bytes) return null;
  const threadsOfNode = await import('node:worker_threads');
  const workerData = { bytes: Math.ceil(bytes / threads), durationMs };
  const workers: Worker[] = [];
  try {
    for (let index = 0; index < threads; index += 1) {
      workers.push(new threadsOfNode.Worker(`(${readMemory.toString()})()`, { eval: true, workerData }));
    }
    await Promise.all(workers.map((worker) => messageOf(worker)));
    const passes = workers.map((worker) => messageOf(worker) as Promise<Pass>);
    for (const worker of workers) worker.postMessage('read');
    return (await Promise.all(passes)).reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
  } catch {
    return null;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function messageOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Runs in a thread of its own, from its text alone: it can use nothing of this module. */
function readMemory(): void {
  const threads = process.getBuiltinModule('node:worker_threads');
  const { parentPort } = threads;
  const { bytes, durationMs } = threads.workerData as { readonly bytes: number; readonly durationMs: number };
  // Pages that were never written to are all the same one.
  const memory = new Uint8Array(bytes).fill(2);
  const view = process.getBuiltinModule('node:buffer').Buffer.from(memory.buffer);
  const slice = 4 * 1024 ** 2;
  parentPort?.once('message', () => {
    const startMs = performance.now();
    let read = 0;
    let elapsedMs = 0;
    for (let from = 0; elapsedMs < durationMs; from = from + slice >= bytes ? 0 : from + slice) {
      const part = view.subarray(from, from + slice);
      if (part.indexOf(1) >= 0) return;
      read += part.length;
      elapsedMs = performance.now() - startMs;
    }
    parentPort.postMessage({ bytesPerSecond: (read * 1000) / elapsedMs });
  });
  parentPort?.postMessage('ready');
}
