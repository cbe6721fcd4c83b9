import { BackendFailedError, InvalidInputError } from '@plimsoll/domain';
import koffi from 'koffi';
import { ContextThreads } from '../native/context-threads.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Pointer } from '../native/structs.js';
import type { Job } from './job.js';
import { loadFailure } from './load-failure.js';
import { withSession } from './session.js';
import type { Session } from './hosted-model.js';
import { TokenBatch } from './token-batch.js';
import { tokenize } from './vocabulary.js';

/** `llama_pooling_type`: the mean over all tokens. */
const MEAN = 1;
/** A shorter text gains nothing from many threads. */
const MEASURED_TOKENS = 64;

let pooling: { readonly context: Pointer; readonly batch: TokenBatch; readonly threads: ContextThreads } | null = null;

/**
 * One unit vector per text. A model that names a way of pooling is pooled so; any other by the mean, which is
 * what most embedding models use.
 */
export async function embed(
  engine: Engine,
  texts: readonly string[],
  job: Job,
): Promise<readonly (readonly number[])[]> {
  return withSession((state) => embedWith(engine, state, texts, job));
}

async function embedWith(
  engine: Engine,
  state: Session,
  texts: readonly string[],
  job: Job,
): Promise<readonly (readonly number[])[]> {
  const { llama } = engine;
  pooling ??= await openPooling(engine, state);
  const { context, batch, threads } = pooling;
  const vectors: (readonly number[])[] = [];
  for (const text of texts) {
    await job.breathe(true);
    const tokens = tokenize(engine, state.vocab, text, true, false);
    if (tokens.length === 0 || tokens.length > batch.capacity) {
      throw new InvalidInputError(`A text of ${tokens.length} tokens cannot be embedded; 1 to ${batch.capacity} can.`, {
        hint: 'Split the text, or ask for a longer context.',
      });
    }
    const memory = llama.memory(context);
    if (memory !== null) llama.memoryClear(memory, false);
    const native = batch.fill(tokens, 0);
    const code = await state.compute.run(async () => {
      const count = (tokens.length >= MEASURED_TOKENS ? state.batchTuner : state.decodeTuner(1)).threads;
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
    if (code !== 0)
      throw new BackendFailedError(`The engine could not embed (${code}): ${engine.log.reason() ?? 'no reason given'}`);
    vectors.push(unit(new Float32Array(koffi.view(pooled(engine, context), llama.modelEmbedding(state.model) * 4))));
  }
  return vectors;
}

async function openPooling(engine: Engine, state: Session): Promise<NonNullable<typeof pooling>> {
  const { llama } = engine;
  const named = llama.poolingType(state.context);
  const context = await offThread(llama.newContext, state.model, {
    ...llama.contextDefaults(),
    n_ctx: state.contextTokens,
    // Models that look both ways need a text in one piece.
    n_batch: state.contextTokens,
    n_ubatch: state.contextTokens,
    n_threads: state.options.batchThreads[0] ?? 1,
    n_threads_batch: state.options.batchThreads[0] ?? 1,
    embeddings: true,
    pooling_type: named > 0 ? named : MEAN,
    abort_callback: engine.strlen,
    abort_callback_data: state.abort.address,
  });
  if (context === null) throw loadFailure(engine, state.options.path);
  const { decodeThreads, batchThreads: most } = state.options;
  return {
    context,
    batch: new TokenBatch(engine, state.contextTokens),
    threads: new ContextThreads(engine, context, Math.max(...decodeThreads, ...most)),
  };
}

function pooled({ llama }: Engine, context: Pointer): Pointer {
  return llama.embeddingsOfSequence(context, 0);
}

function unit(vector: Float32Array): readonly number[] {
  let sum = 0;
  for (const x of vector) sum += x * x;
  const length = Math.sqrt(sum) || 1;
  return Array.from(vector, (x) => x / length);
}
