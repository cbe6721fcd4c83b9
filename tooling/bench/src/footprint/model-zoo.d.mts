import type { GgufSpec } from '@plimsoll/testing/gguf';

/** One published model: what its header-only file contains. */
export interface ZooModel {
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[]; readonly fixed?: boolean }[];
}

export const MODEL_ZOO: readonly ZooModel[];

/** A model of the zoo at F16: what a GGUF writer needs. */
export function zooSpec(model: ZooModel): GgufSpec;
