import type { SessionOptions } from '../engine/protocol.js';
import type { AbortFlag } from '../native/abort-flag.js';
import type { ContextThreads } from '../native/context-threads.js';
import type { Pointer } from '../native/structs.js';
import type { Mutex } from './mutex.js';
import type { Pieces } from './pieces.js';
import type { ThreadChoices } from './thread-choices.js';
import type { TokenBatch } from './token-batch.js';

/** The model that this process hosts. */
export interface Session {
  readonly options: SessionOptions;
  readonly model: Pointer;
  readonly vocab: Pointer;
  readonly context: Pointer;
  readonly contextTokens: number;
  readonly batch: TokenBatch;
  readonly abort: AbortFlag;
  /** Applies the adapters that the model was loaded with to a context of it. */
  readonly applyAdapters: (context: Pointer) => void;
  readonly threads: ContextThreads;
  readonly threadChoices: ThreadChoices;
  /** Sequences that are computed at once. */
  readonly parallel: number;
  readonly microBatchTokens: number;
  readonly pieces: Pieces;
  /** The engine computes one thing at a time, with all the threads. */
  readonly compute: Mutex;
}
