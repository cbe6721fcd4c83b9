import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { BackendFailedError, InvalidInputError } from '@plimsoll/domain';
import koffi from 'koffi';
import type { CollectedSums, ImportanceJob } from '../engine/protocol.js';
import { decodeImatrix } from '../imatrix/imatrix-file.js';
import type { ImportanceMatrix } from '../imatrix/imatrix-file.js';
import type { Engine } from '../native/engine.js';
import { offThread } from '../native/libllama.js';
import { ImportanceSums } from './importance-sums.js';
import type { Job } from './job.js';
import { loadFailure } from './load-failure.js';
import { summaryOf, writeMatrix } from './read-importance.js';
import { TokenBatch } from './token-batch.js';
import { tokenizeOffThread } from './vocabulary.js';

/** How often the sums are kept on the disk while they are collected, milliseconds. */
const KEEP_EVERY_MS = 30_000;
/** Window length of `llama-imatrix`. */
const USUAL_WINDOW = 512;

/**
 * Evaluates a text window by window, as `llama-imatrix` does, and sums the squared inputs of each matrix. What is
 * collected is kept beside the target now and then: run again, an interrupted collection goes on from there.
 */
export async function collectImportance(engine: Engine, request: ImportanceJob, job: Job): Promise<CollectedSums> {
  const { llama } = engine;
  const { source, text, threads, target } = request;
  engine.log.clear();
  const model = await offThread(llama.loadModel, source, { ...llama.modelDefaults(), n_gpu_layers: 0 });
  if (model === null) throw loadFailure(engine, source);
  const windowTokens = request.windowTokens ?? Math.min(USUAL_WINDOW, llama.modelTrainedContext(model));
  const vocab = llama.vocab(model);
  const tokens = await tokenizeOffThread(engine, vocab, text, true, false);
  const windows = Math.floor(tokens.length / windowTokens);
  if (windows === 0) {
    throw new InvalidInputError(`The text has ${tokens.length} tokens; one window takes ${windowTokens}.`, {
      hint: 'Give a longer text.',
    });
  }
  const origin = originOf(source, tokens, windowTokens);
  const progressFile = `${target}.progress`;
  const resumed = readProgress(progressFile, origin);
  const sums = new ImportanceSums(engine, resumed?.entries);
  const matrix = (chunks: number): ImportanceMatrix => ({
    entries: sums.entries(),
    chunks,
    chunkTokens: windowTokens,
    datasets: [request.dataset],
    origin,
  });
  const proto = koffi.proto('bool EvalCallback(void* tensor, bool ask, void* data)');
  const callback = koffi.register(sums.observe, koffi.pointer(proto));
  const context = await offThread(llama.newContext, model, {
    ...llama.contextDefaults(),
    n_ctx: windowTokens,
    n_batch: windowTokens,
    n_ubatch: windowTokens,
    n_threads: threads,
    n_threads_batch: threads,
    cb_eval: callback,
  });
  if (context === null) throw loadFailure(engine, source);
  const batch = new TokenBatch(engine, windowTokens);
  const bos = llama.vocabAddsBos(vocab) ? llama.vocabBos(vocab) : null;
  const first = resumed?.chunks ?? 0;
  let keptMs = performance.now();
  for (let window = first; window < windows; window++) {
    job.emit({ completed: window, total: windows });
    await job.breathe(true);
    const piece = tokens.slice(window * windowTokens, (window + 1) * windowTokens);
    if (bos !== null) piece[0] = bos;
    llama.memoryClear(llama.memory(context), true);
    sums.startWindow();
    // The callback is JavaScript: the computation runs on this thread, in a process that does nothing else.
    const answer = llama.decode(context, batch.fill(piece, 0));
    sums.check();
    if (answer !== 0) throw new BackendFailedError(`The engine could not evaluate a window (${answer}).`);
    if (performance.now() - keptMs > KEEP_EVERY_MS) {
      writeMatrix(progressFile, matrix(window + 1));
      keptMs = performance.now();
    }
  }
  job.emit({ completed: windows, total: windows });
  const whole = matrix(windows);
  writeMatrix(target, whole);
  rmSync(progressFile, { force: true });
  return { ...summaryOf(whole), resumedWindows: first };
}

function originOf(source: string, tokens: Int32Array, windowTokens: number): string {
  const { size, mtimeMs } = statSync(source);
  const hash = createHash('sha256').update(`${size} ${mtimeMs} ${windowTokens}\n`);
  return `sha256:${hash.update(new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength)).digest('hex')}`;
}

/** What an earlier run of the same collection kept; null when there is none. */
function readProgress(file: string, origin: string): ImportanceMatrix | null {
  try {
    const matrix = decodeImatrix(readFileSync(file));
    return matrix.origin === origin ? matrix : null;
  } catch {
    // Without it the collection starts from the beginning.
    return null;
  }
}
