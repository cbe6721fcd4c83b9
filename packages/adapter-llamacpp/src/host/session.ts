import { InvalidInputError, UnsupportedModelError } from '@plimsoll/domain';
import type { DroppedCache, LoadedShape } from '@plimsoll/local-models';
import type { SessionFacts, SessionOptions } from '../engine/protocol.js';
import { AbortFlag } from '../native/abort-flag.js';
import { ContextThreads } from '../native/context-threads.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import { Batcher } from './batcher.js';
import type { Session } from './hosted-model.js';
import { listDevices } from './info.js';
import type { Job } from './job.js';
import { layersThatFit } from './layers-that-fit.js';
import { contextFailure, loadFailure } from './load-failure.js';
import { memoryBreakdown } from './memory-breakdown.js';
import { openAdapters } from './lora-adapters.js';
import { Mutex } from './mutex.js';
import { LOGICAL_BATCH, placedModelParams, shapedContextParams } from './native-params.js';
import { expectChats } from './prompt.js';
import { Pieces } from './pieces.js';
import { ThreadChoices } from './thread-choices.js';
import { TokenBatch } from './token-batch.js';
import { warmUp } from './warm-up.js';

/** Context length when nobody asks for one: enough for a talk, little memory. */
const DEFAULT_CONTEXT_TOKENS = 4_096;
const MICRO_BATCH = 512;
const LEAST_CONTEXT_TOKENS = 8;

/** The hosted model and what answers with it. */
interface OpenSession extends Session {
  readonly batcher: Batcher;
}

let current: OpenSession | null = null;
/** Makes the context anew, after it was dropped. */
let reopen: (() => Promise<OpenSession>) | null = null;
let reopening: Promise<OpenSession> | null = null;
/** Calls that work with the context. */
let users = 0;

/** Works with the hosted model; its context is made anew where it was dropped, and is not dropped meanwhile. */
export async function withSession<Result>(work: (session: OpenSession) => Promise<Result>): Promise<Result> {
  users += 1;
  try {
    return await work(current ?? (await reopened()));
  } finally {
    users -= 1;
  }
}

async function reopened(): Promise<OpenSession> {
  if (reopen === null) throw new Error('no model is open');
  reopening ??= reopen().finally(() => (reopening = null));
  return (current = await reopening);
}

/** Frees the context while nothing is computed: the cache and the scratch memory. The weights stay. */
export async function dropCache(engine: Engine): Promise<DroppedCache | null> {
  if (current === null || users > 0) return null;
  const { context } = current;
  let [hostBytes, deviceBytes] = [0, 0];
  for (const use of memoryBreakdown(engine, context)) {
    if (use.onHost) hostBytes += use.context + use.compute;
    else deviceBytes += use.context + use.compute;
  }
  current = null;
  engine.llama.freeContext(context);
  return { hostBytes, deviceBytes };
}

/** Loads a model and makes its context. */
export async function open(engine: Engine, options: SessionOptions, job: Job): Promise<SessionFacts> {
  const startedMs = performance.now();
  const { llama } = engine;
  engine.log.clear();
  const shape = await decidedShape(engine, options);
  const params = placedModelParams(engine, shape.placement);
  const model = await offThread(llama.loadModel, options.path, params.value);
  params.keep();
  if (model === null) throw loadFailure(engine, options.path);
  job.check();
  if (llama.modelHasEncoder(model) && llama.modelHasDecoder(model)) {
    throw new UnsupportedModelError('Models with an encoder and a decoder are not run by this engine.');
  }
  const applyAdapters = await openAdapters(engine, model, options.load.adapters ?? []);
  const abort = new AbortFlag();
  // A model trained for less is not given more unasked.
  const trained = llama.modelTrainedContext(model);
  const asked =
    options.load.contextTokens ?? (trained > 0 ? Math.min(trained, shape.contextTokens) : shape.contextTokens);
  const newContext = async (): Promise<Pointer> => {
    const made = await offThread(llama.newContext, model, {
      ...shapedContextParams(engine, { ...shape, contextTokens: asked }, shape.batchTokens),
      n_threads: options.decodeThreads[0] ?? 1,
      n_threads_batch: options.batchThreads[0] ?? 1,
      abort_callback: engine.strlen,
      abort_callback_data: abort.address,
    });
    if (made === null) throw contextFailure(engine, options.path, asked * shape.parallel);
    applyAdapters(made);
    return made;
  };
  const context = await newContext();
  const contextTokens = Math.floor(llama.contextTokens(context) / shape.parallel);
  const batchTokens = Math.min(llama.contextTokens(context), Math.max(shape.batchTokens, shape.microBatchTokens));
  const vocab = llama.vocab(model);
  const lasting = {
    options,
    model,
    vocab,
    contextTokens,
    applyAdapters,
    batch: new TokenBatch(engine, batchTokens),
    abort,
    threadChoices: new ThreadChoices(options, Number(llama.modelTensorBytes(model))),
    parallel: shape.parallel,
    microBatchTokens: Math.min(shape.microBatchTokens, batchTokens),
    pieces: new Pieces(engine, vocab),
    compute: new Mutex(),
  };
  const mostThreads = Math.max(...options.decodeThreads, ...options.batchThreads);
  const sessionWith = (made: Pointer): OpenSession => {
    const opened = { ...lasting, context: made, threads: new ContextThreads(engine, made, mostThreads) };
    return { ...opened, batcher: new Batcher(engine, opened) };
  };
  const opened = sessionWith(context);
  const generates = !llama.modelHasEncoder(model);
  const pools = llama.poolingType(context) > 0;
  if (generates && !pools) await warmUp(engine, opened, opened.batcher, job);
  current = opened;
  reopen = async () => sessionWith(await newContext());
  expectChats(engine, opened);
  return {
    loadMs: performance.now() - startedMs,
    ...residentBytes(engine, model, context),
    shape: {
      ...shape,
      contextTokens,
      batchTokens,
      placement: { ...shape.placement, gpuLayers: Math.min(shape.placement.gpuLayers, llama.modelLayers(model) + 1) },
    },
    generates,
    pools,
  };
}

/** What was asked for, and llama.cpp's defaults for the rest; layers as many as fit. */
async function decidedShape(engine: Engine, { path, load }: SessionOptions): Promise<LoadedShape> {
  if (load.contextTokens !== undefined && load.contextTokens < LEAST_CONTEXT_TOKENS) {
    throw new InvalidInputError(`A context of ${load.contextTokens} tokens is too short.`);
  }
  const shape = {
    contextTokens: load.contextTokens ?? DEFAULT_CONTEXT_TOKENS,
    parallel: load.parallel ?? 1,
    batchTokens: load.batchTokens ?? LOGICAL_BATCH,
    microBatchTokens: load.microBatchTokens ?? MICRO_BATCH,
    keyCacheType: load.keyCacheType ?? 'f16',
    valueCacheType: load.valueCacheType ?? 'f16',
    flashAttention: load.flashAttention ?? 'auto',
  };
  const { gpuLayers, split = null, expertLayersOnHost = 0 } = load.placement ?? {};
  const placement = { split, expertLayersOnHost };
  if (listDevices(engine).length === 0) return { ...shape, placement: { ...placement, split: null, gpuLayers: 0 } };
  const layers = gpuLayers ?? (await layersThatFit(engine, path, { ...shape, placement }));
  return { ...shape, placement: { ...placement, gpuLayers: layers } };
}

function residentBytes(
  engine: Engine,
  model: Pointer,
  context: Pointer,
): { sizeBytes: number | null; deviceBytes: number | null } {
  try {
    let weights = 0;
    let rest = 0;
    let deviceBytes = 0;
    for (const use of memoryBreakdown(engine, context)) {
      weights += use.model;
      rest += use.context + use.compute;
      if (!use.onHost) deviceBytes += use.model + use.context + use.compute;
    }
    // Repacked weights lie in a buffer that the account leaves out.
    return { sizeBytes: Math.max(weights, Number(engine.llama.modelTensorBytes(model))) + rest, deviceBytes };
  } catch {
    return { sizeBytes: null, deviceBytes: null };
  }
}
