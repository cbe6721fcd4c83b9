import { BackendFailedError } from '@plimsoll/domain';
import koffi from 'koffi';
import { ContextThreads } from '../native/context-threads.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import type { Session } from './hosted-model.js';
import type { Job } from './job.js';
import { loadFailure } from './load-failure.js';
import { TokenBatch } from './token-batch.js';

/** `llama_pooling_type`: the mean over all tokens. */
export const POOLING_MEAN = 1;
/** The figures of the classification head. */
export const POOLING_RANK = 4;

/** A shorter text gains nothing from many threads. */
const MEASURED_TOKENS = 64;

interface PoolingContext {
  readonly context: Pointer;
  readonly batch: TokenBatch;
  readonly threads: ContextThreads;
}

/** One per way of pooling, made when it is first asked for. */
const contexts = new Map<number, PoolingContext>();

/** What the model gives for one text: a vector, or with `POOLING_RANK` the figures of its head. */
export async function pooledOutput(
  engine: Engine,
  state: Session,
  pooling: number,
  tokens: Int32Array,
  job: Job,
): Promise<Float32Array> {
  const { llama } = engine;
  const { context, batch, threads } = contexts.get(pooling) ?? (await open(engine, state, pooling));
  const memory = llama.memory(context);
  if (memory !== null) llama.memoryClear(memory, false);
  const native = batch.fill(tokens, 0);
  const code = await state.compute.run(async () => {
    const count = (
      tokens.length >= MEASURED_TOKENS ? state.threadChoices.batch(tokens.length) : state.threadChoices.decode(1)
    ).threads;
    threads.use(count, count);
    const stopListening = job.onAbort(() => state.abort.set(true));
    try {
      return await offThread(llama.decode, context, native);
    } finally {
      stopListening();
      state.abort.set(false);
    }
  });
  job.check();
  if (code !== 0) {
    const reason = engine.log.reason() ?? 'no reason given';
    throw new BackendFailedError(`The engine could not compute the text (${code}): ${reason}`);
  }
  const length = pooling === POOLING_RANK ? llama.modelClasses(state.model) : llama.modelEmbedding(state.model);
  // The engine writes the next text's output to the same place.
  return new Float32Array(koffi.view(llama.embeddingsOfSequence(context, 0), length * 4)).slice();
}

async function open(engine: Engine, state: Session, pooling: number): Promise<PoolingContext> {
  const { llama } = engine;
  const { decodeThreads, batchThreads, path } = state.options;
  const context = await offThread(llama.newContext, state.model, {
    ...llama.contextDefaults(),
    n_ctx: state.contextTokens,
    // Models that look both ways need a text in one piece.
    n_batch: state.contextTokens,
    n_ubatch: state.contextTokens,
    n_threads: batchThreads[0] ?? 1,
    n_threads_batch: batchThreads[0] ?? 1,
    embeddings: true,
    pooling_type: pooling,
    abort_callback: engine.strlen,
    abort_callback_data: state.abort.address,
  });
  if (context === null) throw loadFailure(engine, path);
  state.applyAdapters(context);
  const opened = {
    context,
    batch: new TokenBatch(engine, state.contextTokens),
    threads: new ContextThreads(engine, context, Math.max(...decodeThreads, ...batchThreads)),
  };
  contexts.set(pooling, opened);
  return opened;
}
