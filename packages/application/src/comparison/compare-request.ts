import type { CallOptions, KvCacheType, VariantLevel } from '@plimsoll/domain';
import type { Task } from '../tasks/task.js';
import type { NotMeasured } from './comparison.js';

/** What to compare, and how. */
export interface CompareRequest {
  /** The model as the user names it. */
  readonly model: string;
  /** Levels under comparison; the reference is added when it is not among them. */
  readonly levels: readonly VariantLevel[];
  readonly reference: VariantLevel;
  /** KV cache types under comparison; the first is the reference's. Empty: the backend's own, told as `f16`. */
  readonly kvCaches: readonly KvCacheType[];
  /** Timed generations per cell. 0 measures quality alone. */
  readonly iterations: number;
  readonly prompt: string;
  /** Tokens to generate in each timed run. */
  readonly maxTokens: number;
  /** Prompt lengths in tokens at which prefill and decode are measured besides; none when absent. */
  readonly depths?: readonly number[] | undefined;
  /** Numbers of generations at the same time whose total speed is measured; none when absent. */
  readonly concurrency?: readonly number[] | undefined;
  /**
   * Text to measure quality on, or a function that finds or writes it: called once all else has been looked at.
   * Null measures none.
   */
  readonly text: string | (() => Promise<string>) | null;
  readonly windowTokens: number;
  /** Tasks that every cell is given; none when absent. Ids are unique. */
  readonly tasks?: readonly Task[] | undefined;
  /** Whether missing variants are made. */
  readonly make: boolean;
}

/** How far a comparison is. */
export interface CompareProgress {
  readonly phase: 'preparing' | 'building' | 'speed' | 'quality' | 'tasks';
  /** What is being worked on, such as `Q4_K_M`. */
  readonly detail: string;
  /** Share done, 0 to 1. */
  readonly fraction: number;
  /** Milliseconds left, from the pace so far; null until there is one. */
  readonly remainingMs: number | null;
}

/** Options of a comparison. */
export interface CompareOptions extends CallOptions {
  readonly onProgress?: ((progress: CompareProgress) => void) | undefined;
  /** Hears, before any long work, what was asked for and will not be measured. */
  readonly onNotMeasured?: ((notMeasured: NotMeasured) => void) | undefined;
  /** Called when an interrupted comparison goes on, with the measurements that are kept of all that there will be. */
  readonly onResumed?: ((kept: number, of: number) => void) | undefined;
}
