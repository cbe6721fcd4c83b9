import { BackendFailedError, CancelledError, InvalidInputError } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import type { Job } from './job.js';
import type { Session } from './session.js';

/** `llama_decode` answers so when the abort callback stopped it. */
const ABORTED = 2;
const MEASURED_TOKENS = 64;

/**
 * Brings the prompt into the context, off the main thread, and returns how many of its tokens were there
 * already. Reusing what is held changes how the rest is batched and with it the last bits of the numbers, so a
 * request that fixes its seed starts afresh.
 */
export async function prefill(
  engine: Engine,
  session: Session,
  prompt: Int32Array,
  reuse: boolean,
  job: Job,
): Promise<number> {
  if (prompt.length === 0) throw new InvalidInputError('The prompt is empty.');
  if (prompt.length >= session.contextTokens) {
    throw new InvalidInputError(
      `The prompt has ${prompt.length} tokens; the context holds ${session.contextTokens}, the answer included.`,
      { hint: 'Shorten the prompt or ask for a longer context.' },
    );
  }
  const cached = reuse ? keepCommonPrefix(engine, session, prompt) : forget(engine, session);
  for (let at = cached; at < prompt.length; at += session.batch.capacity) {
    const piece = prompt.subarray(at, at + session.batch.capacity);
    const isLast = at + piece.length === prompt.length;
    const batch = session.batch.fill(piece, isLast ? piece.length - 1 : piece.length);
    const threads = batchThreads(session, piece.length);
    session.threads.use(session.decodeTuner.threads, threads);
    const startedMs = performance.now();
    await decode(engine, session, batch, job);
    // A short batch tells more about its overhead than about threads.
    if (piece.length >= MEASURED_TOKENS) session.batchTuner.record((performance.now() - startedMs) / piece.length);
  }
  session.held = prompt;
  return cached;
}

/** Threads for a batch. A short one gains nothing from many, and nothing is learned from it. */
export function batchThreads(session: Session, tokens: number): number {
  return (tokens >= MEASURED_TOKENS ? session.batchTuner : session.decodeTuner).threads;
}

/** Decodes a batch on another thread; an abort stops it midway. */
export async function decode(
  engine: Engine,
  session: Session,
  batch: ReturnType<Session['batch']['one']>,
  job: Job,
): Promise<void> {
  const stopListening = job.onAbort(() => session.abort.set(true));
  try {
    check(engine, session, await offThread(engine.llama.decode, session.context, batch));
  } finally {
    stopListening();
    session.abort.set(false);
  }
}

/** Looks at what `llama_decode` answered. */
export function check(engine: Engine, session: Session, answer: number): void {
  if (answer === 0) return;
  forget(engine, session);
  if (answer === ABORTED) throw new CancelledError('The engine was asked to stop.');
  throw new BackendFailedError(`The engine could not compute (${answer}): ${engine.log.reason() ?? 'no reason given'}`);
}

function forget({ llama }: Engine, session: Session): number {
  llama.memoryClear(llama.memory(session.context), false);
  session.held = new Int32Array(0);
  return 0;
}

function keepCommonPrefix(engine: Engine, session: Session, prompt: Int32Array): number {
  const { llama } = engine;
  // The last token is computed again: its logits are needed.
  const most = Math.min(session.held.length, prompt.length - 1);
  let common = 0;
  while (common < most && session.held[common] === prompt[common]) common++;
  // A sliding window has dropped what came before; a recurrent state cannot be wound back.
  const windBack = llama.modelWindow(session.model) <= 0 && !llama.modelIsRecurrent(session.model);
  if (!windBack || common === 0) return forget(engine, session);
  return llama.memoryRemove(llama.memory(session.context), 0, common, -1) ? common : forget(engine, session);
}
