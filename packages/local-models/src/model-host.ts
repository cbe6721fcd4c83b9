import type { Placement, RunShape } from '@plimsoll/domain';

/** A shape with everything decided, as a model is loaded. */
export interface LoadedShape extends Omit<RunShape, 'placement'> {
  readonly batchTokens: number;
  readonly placement: Omit<Placement, 'split'> & {
    /** Null: all devices, by the engine's own split. */
    readonly split: readonly number[] | null;
  };
}

/** What is known of a model when it is loaded. */
export interface LoadedModel {
  readonly loadMs: number;
  /** All bytes that it holds, as the engine reported them; null when it did not. */
  readonly sizeBytes: number | null;
  /** Those of them that are in device memory. */
  readonly deviceBytes: number | null;
  readonly shape: LoadedShape;
}

/** Bytes that were freed with a cache, by where they lay. */
export interface DroppedCache {
  readonly hostBytes: number;
  readonly deviceBytes: number;
}

/** A process that hosts one model. */
export interface ModelHost {
  /** Rejects with the reason when the model could not be loaded. */
  readonly loaded: Promise<LoadedModel>;
  /** Whether the process is gone. */
  readonly ended: boolean;
  /** Frees the cache while nothing is computed; the next request makes it anew. Null when it is in use or gone already. */
  dropCache?(): Promise<DroppedCache | null>;
  /** Ends the process at once; running answers fail with `reason`. Resolves when it is gone. */
  close(reason?: Error): Promise<void>;
}
