import type { SessionOptions } from '../engine/protocol.js';
import { ThreadTuner } from './thread-tuner.js';

/** Bytes that a processor reads in about 5 ms. */
const LARGE_MODEL_BYTES = 64 * 1024 ** 2;
/** Steps that count when a number of threads is tried. */
const DECODE_TRIAL = 6;
const BATCH_TRIAL = 2;

/**
 * How many threads compute, chosen apart for steps that differ in how long they take: by the answers that decode in one,
 * and by the size of a batch. All cores help with a long step, a token of a large model or a batch, from the first one on;
 * only when that becomes slow, as on a busy machine, fewer are tried. For a token of a small model the best number is
 * found first.
 */
export class ThreadChoices {
  readonly #options: Pick<SessionOptions, 'decodeThreads' | 'batchThreads'>;
  readonly #isLarge: boolean;
  readonly #decode: ThreadTuner[] = [];
  readonly #batch: ThreadTuner[] = [];

  constructor(options: Pick<SessionOptions, 'decodeThreads' | 'batchThreads'>, modelBytes: number) {
    this.#options = options;
    this.#isLarge = modelBytes > LARGE_MODEL_BYTES;
  }

  /** For steps in which so many answers decode one token each. */
  decode(answers: number): ThreadTuner {
    const { decodeThreads } = this.#options;
    const counts = this.#isLarge ? [...decodeThreads].sort((a, b) => b - a) : decodeThreads;
    return (this.#decode[answers] ??= new ThreadTuner(counts, DECODE_TRIAL, this.#isLarge ? 'settled' : 'trying'));
  }

  /** For batches of about so many tokens: a token of a larger one takes less time, so that only like are compared. */
  batch(tokens: number): ThreadTuner {
    const size = Math.floor(Math.log2(tokens));
    return (this.#batch[size] ??= new ThreadTuner(this.#options.batchThreads, BATCH_TRIAL, 'settled'));
  }
}
