import type { ZooModel } from '../model-zoo.mjs';

/** Sizes of a hybrid of attention and Mamba 2. */
export interface HybridSizes {
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly head: number;
  readonly ffn: number;
  readonly vocabulary: number;
  /** Twice the width. */
  readonly inner: number;
  readonly state: number;
  readonly groups: number;
  readonly ssmHeads: number;
  /** Whether Granite's queries and keys are rotated. */
  readonly rotates: boolean;
}

/** All ways to mix attention with recurrences, in any size. */
export const HYBRIDS: Readonly<Record<string, (sizes: HybridSizes) => ZooModel>>;
