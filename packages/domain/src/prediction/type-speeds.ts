import { TENSOR_TYPES } from '../quantization/tensor-type.js';
import type { TensorType } from '../quantization/tensor-type.js';
import { MEASURED_BANDWIDTH_SHARE, efficiencyOf } from './efficiency.js';
import type { ProcessorSpeed } from './speed.js';

/** How fast a processor multiplies matrices of each type with one token's vector. */
export interface TypeSpeeds {
  /** Seconds per weight; a type that is missing is unknown. */
  readonly secondsPerWeight: Readonly<Partial<Record<TensorType, number>>>;
  /** Seconds per layer and token that no type shortens. */
  readonly layerSeconds: number;
  /** `measured` on this machine, or `typical` of a kind of processor. */
  readonly basis: 'measured' | 'typical';
  /** What it was measured on, or what it is typical of. */
  readonly processor: string;
}

/** Shares of the bandwidth that a plain copy of the weights would reach, by type. */
type TypeShares = Readonly<Partial<Record<TensorType, number>>>;

/**
 * GPUs: from decode speeds of Llama-3.1-8B at 20 levels (llama.cpp `tools/quantize/README.md`). F16 and Q8_0 give the
 * bandwidth (480 GB/s) and a fixed 3.0 ms per token; what remains of each other level's time, divided among the types
 * that its preset gives, gives theirs. The source repeats the row of Q4_K_S for IQ4_NL, which is taken as IQ4_XS here;
 * types of short blocks that it has no figure of are taken as Q8_0.
 */
const ON_GPUS: TypeShares = {
  ...{ F32: 1, F16: 1, BF16: 1, Q8_0: 1, Q5_1: 1, Q5_0: 1, Q4_1: 1, Q4_0: 1 },
  ...{ Q6_K: 0.91, Q5_K: 0.96, Q4_K: 0.91, Q3_K: 0.63, Q2_K: 0.68 },
  ...{ IQ4_NL: 0.87, IQ4_XS: 0.87, IQ3_S: 0.6, IQ3_XXS: 0.57, IQ2_S: 0.49 },
};

/** What is typical of a GPU with such a memory; null where that is unknown. */
export function typicalTypeSpeeds(gpu: ProcessorSpeed, name: string): TypeSpeeds | null {
  const { bandwidthBytesPerSecond, kind, basis } = gpu;
  if (bandwidthBytesPerSecond === null || bandwidthBytesPerSecond <= 0) return null;
  const { bandwidthShare, layerSeconds } = efficiencyOf(kind);
  const bytesPerSecond = bandwidthBytesPerSecond * (basis === 'measured' ? MEASURED_BANDWIDTH_SHARE : bandwidthShare);
  const secondsPerWeight = Object.fromEntries(
    (Object.entries(ON_GPUS) as [TensorType, number][]).map(([type, share]) => {
      const { blockBytes, blockWeights } = TENSOR_TYPES[type];
      return [type, blockBytes / blockWeights / (bytesPerSecond * share)];
    }),
  );
  return { secondsPerWeight, layerSeconds, basis: 'typical', processor: name };
}
