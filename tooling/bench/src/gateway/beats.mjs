// Says when a request is due, in a thread of its own: timers of an event loop have a grain of a millisecond.
import { parentPort, workerData } from 'node:worker_threads';

const { count, perSecond } = workerData;
const never = new Int32Array(new SharedArrayBuffer(4));
const startNs = process.hrtime.bigint() + 20_000_000n;
for (let beat = 0; beat < count; beat += 1) {
  const dueNs = startNs + BigInt(Math.round((beat / perSecond) * 1e9));
  const leftMs = Number(dueNs - process.hrtime.bigint()) / 1e6;
  if (leftMs > 0) Atomics.wait(never, 0, 0, leftMs);
  parentPort.postMessage(dueNs);
}
