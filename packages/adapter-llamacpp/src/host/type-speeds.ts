import { rmSync } from 'node:fs';
import path from 'node:path';
import { BackendFailedError } from '@plimsoll/domain';
import type { RunShape, TensorType } from '@plimsoll/domain';
import type { EngineCalls, TypeSpeedJob } from '../engine/protocol.js';
import { ContextThreads } from '../native/context-threads.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import { listDevices } from './info.js';
import type { Job } from './job.js';
import { loadFailure } from './load-failure.js';
import { shapedContextParams } from './native-params.js';
import { TokenBatch } from './token-batch.js';
import { writeUniformModel } from './uniform-model.js';
import type { UniformShape } from './uniform-model.js';

/** More layers than the models have: all that devices hold. */
const ALL_LAYERS = 1_024;
const WIDTH = 1_024;
/** Matrices of attention, of width by width, and of the feed-forward network. */
const [SQUARES, OBLONGS] = [4, 3];
/** A model of many layers with next to no weights: its time is that of its layers. */
const EMPTY: UniformShape = { layers: 16, width: 256, feedForward: 256, type: 'Q8_0' };
const CONTEXT: Omit<RunShape, 'placement'> = {
  ...{ contextTokens: 256, parallel: 1, microBatchTokens: 1, flashAttention: 'auto' },
  ...({ keyCacheType: 'f16', valueCacheType: 'f16' } as const),
};
/** The fastest token counts when so many came close to it: other work slows tokens down, but not all alike. */
const [ALIKE, CLOSE] = [3, 1.05];
/** What is timed at least, and at most where tokens go on differing. */
const [FEWEST_TOKENS, MOST_TOKENS] = [5, 250];
const LONGEST_MS = 1_500;

/** Times one token at a time through models of one layer whose matrices have one type each. */
export async function typeSpeeds(
  engine: Engine,
  request: TypeSpeedJob,
  job: Job,
): Promise<EngineCalls['typeSpeeds']['result']> {
  const feedForward = Math.max(1, Math.round((request.weights / WIDTH - SQUARES * WIDTH) / OBLONGS / 256)) * 256;
  const weights = WIDTH * (SQUARES * WIDTH + OBLONGS * feedForward);
  const empty = await tokenMs(engine, EMPTY, request, job);
  const timed = new Map<TensorType, readonly number[]>();
  for (const type of request.types) {
    timed.set(type, await tokenMs(engine, { layers: 1, width: WIDTH, feedForward, type }, request, job));
  }
  // All at the same number of threads, the one that is fastest on the whole.
  const sums = request.threads.map((_, i) => [...timed.values()].reduce((sum, ms) => sum + (ms[i] ?? Infinity), 0));
  const best = sums.indexOf(Math.min(...sums));
  const layerSeconds = (empty[best] ?? 0) / EMPTY.layers / 1_000;
  const perWeight = (ms: readonly number[]): number => Math.max(0, (ms[best] ?? 0) / 1_000 - layerSeconds) / weights;
  return {
    secondsPerWeight: Object.fromEntries([...timed].map(([type, ms]) => [type, perWeight(ms)])),
    layerSeconds,
    device: listDevices(engine)[0]?.name ?? null,
  };
}

/** Milliseconds of the fastest token by each number of threads. */
async function tokenMs(
  engine: Engine,
  shape: UniformShape,
  { folder, threads }: TypeSpeedJob,
  job: Job,
): Promise<readonly number[]> {
  const { llama } = engine;
  const file = path.join(folder, `${shape.type}.gguf`);
  await writeUniformModel(engine, file, shape);
  const model = await offThread(llama.loadModel, file, { ...llama.modelDefaults(), n_gpu_layers: ALL_LAYERS });
  if (model === null) throw loadFailure(engine, file);
  try {
    const context = await offThread(llama.newContext, model, {
      ...shapedContextParams(engine, CONTEXT, 1),
      n_threads: threads[0] ?? 1,
      n_threads_batch: threads[0] ?? 1,
    });
    if (context === null) throw loadFailure(engine, file);
    try {
      const pool = new ContextThreads(engine, context, Math.max(...threads));
      const found: number[] = [];
      for (const count of threads) {
        pool.use(count, count);
        found.push(await fastestMs(engine, context, count === 1 && listDevices(engine).length === 0, job));
      }
      return found;
    } finally {
      llama.freeContext(context);
    }
  } finally {
    llama.freeModel(model);
    rmSync(file, { force: true });
  }
}

/**
 * @param alone whether one thread computes: its processor time is then what a token takes, whatever else the machine
 *   does meanwhile
 */
async function fastestMs(engine: Engine, context: Pointer, alone: boolean, job: Job): Promise<number> {
  const { llama } = engine;
  const batch = new TokenBatch(engine, 1);
  llama.memoryClear(llama.memory(context), true);
  const startedMs = performance.now();
  const all: number[] = [];
  // The first token has to fetch the weights.
  for (let i = -1; i < MOST_TOKENS; i++) {
    const beforeMs = performance.now();
    const before = process.cpuUsage();
    if (i >= FEWEST_TOKENS && beforeMs - startedMs > LONGEST_MS) break;
    const answer = await offThread(llama.decode, context, batch.fill(Int32Array.of(1), 0));
    if (answer !== 0) throw new BackendFailedError(`The engine could not evaluate a token (${answer}).`);
    const { user, system } = process.cpuUsage(before);
    if (i >= 0) all.push(Math.min(performance.now() - beforeMs, alone ? (user + system) / 1_000 : Infinity));
    await job.breathe();
    const [fastest = Infinity, ...others] = all.toSorted((a, b) => a - b);
    if (others.filter((ms) => ms < fastest * CLOSE).length >= ALIKE) break;
  }
  return Math.min(...all);
}
