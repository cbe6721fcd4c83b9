import { BackendFailedError, CancelledError } from '@plimsoll/domain';
import koffi from 'koffi';
import type { ScoredFile, ScoreJob } from '../engine/protocol.js';
import { AbortFlag } from '../native/abort-flag.js';
import { ContextThreads } from '../native/context-threads.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import type { Job } from './job.js';
import { layersThatFit } from './layers-that-fit.js';
import { loadFailure } from './load-failure.js';
import { shapedContextParams } from './native-params.js';
import { ThreadTuner } from './thread-tuner.js';
import { TokenBatch } from './token-batch.js';

/** llama.cpp's physical batch. */
const MICRO_BATCH = 512;
const ABORTED = 2;
/** `n_outputs_max`: as many as a batch has tokens. */
const EVERY_TOKEN = 0;

/** A model that is evaluated window by window over given tokens. */
export class ScoredModel {
  readonly vocabularySize: number;
  /** Token that replaces the first of each window, or null when the vocabulary adds none. */
  readonly bos: number | null;
  readonly #engine: Engine;
  readonly #context: Pointer;
  readonly #batch: TokenBatch;
  readonly #abort: AbortFlag;
  readonly #threads: ContextThreads;
  readonly #tuner: ThreadTuner;
  #logitsAt: Pointer = null;
  #logits = new Float32Array(0);

  private constructor(
    engine: Engine,
    model: Pointer,
    context: Pointer,
    batch: TokenBatch,
    abort: AbortFlag,
    threads: readonly number[],
  ) {
    const vocab = engine.llama.vocab(model);
    this.vocabularySize = engine.llama.vocabSize(vocab);
    this.bos = engine.llama.vocabAddsBos(vocab) ? engine.llama.vocabBos(vocab) : null;
    this.#engine = engine;
    this.#context = context;
    this.#batch = batch;
    this.#abort = abort;
    this.#threads = new ContextThreads(engine, context, Math.max(...threads));
    // A window is a long step whatever the model: all cores help until that becomes slow.
    this.#tuner = new ThreadTuner(threads, 3, 'settled');
  }

  static async open(
    engine: Engine,
    { path, kvCacheType }: ScoredFile,
    { windowTokens, threads }: Pick<ScoreJob, 'windowTokens' | 'threads'>,
  ): Promise<ScoredModel> {
    const { llama } = engine;
    engine.log.clear();
    // What is open already has taken its memory: the question is what is left.
    const shape = {
      contextTokens: windowTokens,
      parallel: 1,
      microBatchTokens: Math.min(windowTokens, MICRO_BATCH),
      keyCacheType: kvCacheType,
      valueCacheType: kvCacheType,
      flashAttention: 'auto',
    } as const;
    const placement = { split: null, expertLayersOnHost: 0 };
    const gpuLayers = await layersThatFit(engine, path, { ...shape, placement }, 'every');
    const model = await offThread(llama.loadModel, path, { ...llama.modelDefaults(), n_gpu_layers: gpuLayers });
    if (model === null) throw loadFailure(engine, path);
    const abort = new AbortFlag();
    const context = await offThread(llama.newContext, model, {
      ...shapedContextParams(engine, shape, windowTokens),
      n_outputs_max: EVERY_TOKEN,
      n_threads: threads[0] ?? 1,
      n_threads_batch: threads[0] ?? 1,
      abort_callback: engine.strlen,
      abort_callback_data: abort.address,
    });
    if (context === null) throw loadFailure(engine, path);
    return new ScoredModel(engine, model, context, new TokenBatch(engine, windowTokens), abort, threads);
  }

  /**
   * Logits of the positions from `first` on: rows of the vocabulary's length in the engine's own memory, valid
   * until the next call.
   */
  async evaluate(tokens: Int32Array, first: number, job: Job): Promise<Float32Array> {
    const { llama } = this.#engine;
    llama.memoryClear(llama.memory(this.#context), true);
    this.#threads.use(this.#tuner.threads, this.#tuner.threads);
    const startedMs = performance.now();
    const stopListening = job.onAbort(() => this.#abort.set(true));
    try {
      const answer = await offThread(llama.decode, this.#context, this.#batch.fill(tokens, first));
      if (answer === ABORTED) throw new CancelledError('Scoring was cancelled.');
      if (answer !== 0) throw new BackendFailedError(`The engine could not evaluate a window (${answer}).`);
    } finally {
      stopListening();
    }
    this.#tuner.record(performance.now() - startedMs);
    const address = llama.logits(this.#context);
    const length = (tokens.length - first) * this.vocabularySize;
    if (address !== this.#logitsAt || this.#logits.length !== length) {
      this.#logitsAt = address;
      this.#logits = new Float32Array(koffi.view(address, length * 4));
    }
    return this.#logits;
  }
}
