import type { ZooModel } from '../model-zoo.mjs';

/** Sizes of a transformer. */
export interface TransformerSizes {
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly head: number;
  readonly ffn: number;
  readonly vocabulary: number;
}

/** Transformers, dense and with experts, in any size. */
export const TRANSFORMERS: Readonly<Record<string, (sizes: TransformerSizes) => ZooModel>>;

/** Those of them that put together what others are made of. */
export const VARIED: ReadonlySet<string>;
