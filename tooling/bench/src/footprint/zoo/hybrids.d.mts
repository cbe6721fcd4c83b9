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

/** The three ways to mix attention with Mamba 2, in any size. */
export const HYBRIDS: Readonly<Record<'granite' | 'falcon' | 'nemotron', (sizes: HybridSizes) => ZooModel>>;
