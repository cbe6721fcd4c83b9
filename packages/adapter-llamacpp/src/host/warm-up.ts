import type { SessionRequest } from '../engine/protocol.js';
import type { Engine } from '../native/engine.js';
import { Answer } from './answer.js';
import type { Batcher } from './batcher.js';
import type { Session } from './hosted-model.js';
import { Job } from './job.js';

/** A larger model takes longer for a token than a first answer loses without this. */
const MOST_BYTES = 512 * 1024 ** 2;
const MOST_MS = 50;

/** A few tokens, the likeliest each time, to the shortest prompt there is. */
const REQUEST: SessionRequest = {
  input: { kind: 'raw', prompt: '' },
  temperature: 0,
  topK: 1,
  topP: 1,
  seed: 0,
  maxTokens: 4,
  stop: [],
  grammar: null,
  topLogprobs: 0,
  think: null,
  reuse: false,
};

/**
 * Writes short answers that nobody reads: what runs for each token is compiled then, and the best number of threads is
 * looked for, before the first answer that counts. A failure is left for that answer to tell of.
 */
export async function warmUp(engine: Engine, session: Session, batcher: Batcher, loading: Job): Promise<void> {
  const { llama } = engine;
  if (Number(llama.modelTensorBytes(session.model)) > MOST_BYTES) return;
  const job: Job = new Job((events) => job.taken(events.length));
  const prompt = { tokens: Int32Array.of(Math.max(0, llama.vocabBos(session.vocab))), opening: 'answer' } as const;
  const startedMs = performance.now();
  try {
    while (!loading.aborted && performance.now() - startedMs < MOST_MS) {
      await batcher.answer(new Answer(engine, session, REQUEST, prompt, job, performance.now()));
    }
  } catch {
    return;
  } finally {
    batcher.forget();
  }
}
