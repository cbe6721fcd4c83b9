import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LibsqlMeasurementStore } from '@plimsoll/adapter-store';
import { VariantAccumulator } from '@plimsoll/domain';

const METRICS_BOUND_US = 1;
const STORE_BOUND_US = 50;
const VARIANTS = 8;

/**
 * What one record costs: into the metrics in memory, and into the store on disk, one call a record as a running program
 * does it. The peers are the least that could be done: keeping the time in a list, and writing the record's JSON as one
 * line to an open file.
 *
 * The figure is that of the fastest of many short rounds, so that other programs on the machine are not measured with it.
 * The mean over all rounds, which has them and the folding of the database's log in it, stands beside it, and so does the
 * processor time of this process.
 * @param {{ metricsRecords?: number, storeRecords?: number, rounds?: number }} options
 * @returns {Promise<object[]>}
 */
export async function bench(options = {}) {
  const { metricsRecords = 10_000, storeRecords = 100, rounds = 100 } = options;
  return [await benchMetrics(metricsRecords, rounds), await benchStore(storeRecords, rounds)];
}

async function benchMetrics(records, rounds) {
  const calls = Array.from({ length: 1000 }, (_, index) => generation(index));
  const ours = await bestOf(rounds, records, async () => {
    const tracked = new Map();
    const start = performance.now();
    for (let index = 0; index < records; index++) {
      const { model, variant, succeeded, timings } = calls[index % calls.length];
      if (!tracked.has(variant)) tracked.set(variant, new VariantAccumulator(model, variant));
      tracked.get(variant).record({ succeeded, timings });
    }
    return ((performance.now() - start) * 1000) / records;
  });
  const peer = await bestOf(rounds, records, async () => {
    const times = new Map();
    const start = performance.now();
    for (let index = 0; index < records; index++) {
      const { variant, timings } = calls[index % calls.length];
      const list = times.get(variant);
      if (list === undefined) times.set(variant, [timings.totalMs]);
      else list.push(timings.totalMs);
    }
    return ((performance.now() - start) * 1000) / records;
  });
  return row('record into metrics', ours, peer, 'a list of times per variant, no statistics', METRICS_BOUND_US);
}

async function benchStore(records, rounds) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-store-'));
  try {
    const store = new LibsqlMeasurementStore(join(folder, 'measurements.db'));
    await store.append([generation(-1)]);
    let serial = 0;
    const ours = await bestOf(rounds, records, async () => {
      const measurements = Array.from({ length: records }, () => generation(serial++));
      const start = performance.now();
      for (const measurement of measurements) await store.append([measurement]);
      return ((performance.now() - start) * 1000) / records;
    });
    const kept = (await store.query({ limit: Number.MAX_SAFE_INTEGER })).length;
    await store.close();
    if (kept !== serial + 1) throw new Error(`${serial + 1} records were appended, ${kept} are kept`);
    const peer = await benchFile(join(folder, 'measurements.jsonl'), records, rounds);
    return row('record into the store', ours, peer, 'JSON lines written to an open file, no index', STORE_BOUND_US);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchFile(path, records, rounds) {
  const { closeSync, openSync, writeSync } = await import('node:fs');
  const file = openSync(path, 'a');
  try {
    return await bestOf(rounds, records, async () => {
      const measurements = Array.from({ length: records }, (_, index) => generation(index));
      const start = performance.now();
      for (const measurement of measurements) writeSync(file, `${JSON.stringify(measurement)}\n`);
      return ((performance.now() - start) * 1000) / records;
    });
  } finally {
    closeSync(file);
  }
}

/** Runs rounds that each give the time of one record in µs. */
async function bestOf(rounds, records, run) {
  const times = [];
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round++) times.push(await run());
  const { user, system } = process.cpuUsage(before);
  return {
    best: Math.min(...times),
    mean: times.reduce((sum, time) => sum + time, 0) / rounds,
    processor: (user + system) / (rounds * records),
  };
}

function row(name, ours, peer, peerName, bound) {
  const round = (value) => Number(value.toPrecision(3));
  return {
    name,
    ratio: round(ours.best / peer.best),
    ours: round(ours.best),
    peer: round(peer.best),
    unit: 'µs per record',
    peerName,
    bound: `< ${bound} µs`,
    passed: ours.best < bound,
    oursMean: round(ours.mean),
    oursProcessorTime: round(ours.processor),
    peerMean: round(peer.mean),
  };
}

function generation(serial) {
  return {
    id: `bench-${serial}`,
    kind: 'generation',
    atMs: 1_700_000_000_000 + serial,
    model: 'llama3.1:8b',
    variant: `llama3.1:8b-variant-${Math.abs(serial) % VARIANTS}`,
    level: 'Q4_K_M',
    digest: `sha256:${'a'.repeat(64)}`,
    architecture: 'llama',
    kvCache: 'f16',
    contextTokens: 4096,
    gpuLayers: 33,
    environment: { backend: 'embedded', engineBuild: 'bench', device: 'bench', driver: null, platform: 'linux-x64' },
    succeeded: serial % 50 !== 0,
    errorCode: null,
    timings: {
      promptTokens: 100,
      cachedPromptTokens: 0,
      generatedTokens: 128,
      loadMs: null,
      prefillMs: 50 + (serial % 7),
      decodeMs: 2000 + (serial % 97),
      firstTokenMs: 60 + (serial % 11),
      totalMs: 2050 + (serial % 101),
    },
    residentBytes: 5_000_000_000,
    quality: null,
    footprint: null,
    temperatureC: 60,
    throttled: false,
    energyJ: null,
    comparisonId: null,
    foreign: false,
  };
}
