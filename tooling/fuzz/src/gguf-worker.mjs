import { parentPort, workerData } from 'node:worker_threads';
import { fuzzHeaders, sampleHeaders } from '@plimsoll/adapter-gguf/fuzz';
import { createGguf } from '@plimsoll/testing/gguf';

const { runs, seed, from, slice, progress } = workerData;
const WARM_UP_RUNS = 5000;

const originals = sampleHeaders(createGguf);
const onRun = (run) => Atomics.store(progress, 0, run);
const peakBytes = () => process.resourceUsage().maxRSS * 1024;

await fuzzHeaders({ originals, runs: WARM_UP_RUNS, seed, firstRun: from });
const warmPeakBytes = peakBytes();
const started = performance.now();
const total = { runs, accepted: 0, refused: 0, failures: [], slowestMs: 0, slowestRun: from };
for (let first = from; first < from + runs; first += slice) {
  const report = await fuzzHeaders({
    originals,
    runs: Math.min(slice, from + runs - first),
    seed,
    firstRun: first,
    onRun,
  });
  total.accepted += report.accepted;
  total.refused += report.refused;
  total.failures.push(...report.failures);
  if (report.slowestMs > total.slowestMs) [total.slowestMs, total.slowestRun] = [report.slowestMs, report.slowestRun];
}
parentPort.postMessage({
  ...total,
  durationMs: Math.round(performance.now() - started),
  peakGrowthBytes: peakBytes() - warmPeakBytes,
});
