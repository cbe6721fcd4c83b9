import { InvalidInputError, UnsupportedModelError } from '@plimsoll/domain';
import type { SessionFacts, SessionOptions } from '../engine/protocol.js';
import { AbortFlag } from '../native/abort-flag.js';
import { ContextThreads } from '../native/context-threads.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { ContextParams } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import { listDevices } from './info.js';
import type { Job } from './job.js';
import { layersThatFit } from './layers-that-fit.js';
import { loadFailure } from './load-failure.js';
import { memoryBreakdown } from './memory-breakdown.js';
import { cacheTypeId } from './tensor-type-id.js';
import { ThreadTuner } from './thread-tuner.js';
import { TokenBatch } from './token-batch.js';

/** Context length when nobody asks for one: enough for a talk, little memory. */
const DEFAULT_CONTEXT_TOKENS = 4_096;
const LOGICAL_BATCH = 2_048;

/** The model that this process hosts. */
export interface Session {
  readonly options: SessionOptions;
  readonly model: Pointer;
  readonly vocab: Pointer;
  readonly context: Pointer;
  readonly contextTokens: number;
  readonly batch: TokenBatch;
  readonly abort: AbortFlag;
  readonly threads: ContextThreads;
  readonly decodeTuner: ThreadTuner;
  readonly batchTuner: ThreadTuner;
  /** Tokens whose keys and values the context holds. */
  held: Int32Array;
}

let current: Session | null = null;

/** The hosted model. */
export function session(): Session {
  if (current === null) throw new Error('no model is open');
  return current;
}

/** Loads a model and makes its context. */
export async function open(engine: Engine, options: SessionOptions, job: Job): Promise<SessionFacts> {
  const startedMs = performance.now();
  const { llama } = engine;
  engine.log.clear();
  const wanted = options.gpuLayers ?? (await layersThatFit(engine, options));
  const gpuLayers = listDevices(engine).length === 0 ? 0 : wanted;
  const model = await offThread(llama.loadModel, options.path, { ...llama.modelDefaults(), n_gpu_layers: gpuLayers });
  if (model === null) throw loadFailure(engine, options.path);
  job.check();
  if (llama.modelHasEncoder(model) && llama.modelHasDecoder(model)) {
    throw new UnsupportedModelError('Models with an encoder and a decoder are not run by this engine.');
  }
  const abort = new AbortFlag();
  const context = await offThread(llama.newContext, model, contextParams(engine, model, options, abort));
  if (context === null) throw loadFailure(engine, options.path);
  const contextTokens = llama.contextTokens(context);
  current = {
    options,
    model,
    vocab: llama.vocab(model),
    context,
    contextTokens,
    batch: new TokenBatch(engine, Math.min(contextTokens, LOGICAL_BATCH)),
    abort,
    threads: new ContextThreads(engine, context, Math.max(...options.decodeThreads, ...options.batchThreads)),
    decodeTuner: new ThreadTuner(options.decodeThreads, 6),
    batchTuner: new ThreadTuner(options.batchThreads, 2),
    held: new Int32Array(0),
  };
  return {
    loadMs: performance.now() - startedMs,
    ...residentBytes(engine, model, context),
    contextTokens,
    gpuLayers,
    generates: !llama.modelHasEncoder(model),
    pools: llama.poolingType(context) > 0,
  };
}

function contextParams(engine: Engine, model: Pointer, options: SessionOptions, abort: AbortFlag): ContextParams {
  const trained = engine.llama.modelTrainedContext(model);
  if (options.contextTokens !== null && options.contextTokens < 8) {
    throw new InvalidInputError(`A context of ${options.contextTokens} tokens is too short.`);
  }
  const contextTokens =
    options.contextTokens ?? (trained > 0 ? Math.min(trained, DEFAULT_CONTEXT_TOKENS) : DEFAULT_CONTEXT_TOKENS);
  return {
    ...engine.llama.contextDefaults(),
    n_ctx: contextTokens,
    n_batch: Math.min(contextTokens, LOGICAL_BATCH),
    // Generating needs the last token's logits alone; room for every one of a batch is up to 250 MiB and more.
    n_outputs_max: 1,
    n_threads: options.decodeThreads[0] ?? 1,
    n_threads_batch: options.batchThreads[0] ?? 1,
    type_k: cacheTypeId(options.kvCacheType),
    type_v: cacheTypeId(options.kvCacheType),
    swa_full: false,
    abort_callback: engine.strlen,
    abort_callback_data: abort.address,
  };
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
