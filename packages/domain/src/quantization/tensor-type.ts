/** Storage layout of one tensor type: `blockWeights` weights are stored in `blockBytes` bytes. */
export interface TensorTypeLayout {
  /** ggml's number for the type, as found in a GGUF tensor entry. */
  readonly id: number;
  readonly blockWeights: number;
  readonly blockBytes: number;
}

/** Name of a ggml tensor type, such as `Q4_K`. */
export type TensorType =
  | 'F32'
  | 'F16'
  | 'Q4_0'
  | 'Q4_1'
  | 'Q5_0'
  | 'Q5_1'
  | 'Q8_0'
  | 'Q2_K'
  | 'Q3_K'
  | 'Q4_K'
  | 'Q5_K'
  | 'Q6_K'
  | 'IQ2_XXS'
  | 'IQ2_XS'
  | 'IQ3_XXS'
  | 'IQ1_S'
  | 'IQ4_NL'
  | 'IQ3_S'
  | 'IQ2_S'
  | 'IQ4_XS'
  | 'I8'
  | 'I16'
  | 'I32'
  | 'I64'
  | 'F64'
  | 'IQ1_M'
  | 'BF16'
  | 'TQ1_0'
  | 'TQ2_0'
  | 'MXFP4'
  | 'NVFP4'
  | 'Q1_0'
  | 'Q2_0';

/**
 * The ggml tensor types that files contain. Source: llama.cpp `ggml/src/ggml-common.h` (block structs)
 * and `ggml/include/ggml.h` (numbers).
 */
export const TENSOR_TYPES: Readonly<Record<TensorType, TensorTypeLayout>> = {
  F32: { id: 0, blockWeights: 1, blockBytes: 4 },
  F16: { id: 1, blockWeights: 1, blockBytes: 2 },
  Q4_0: { id: 2, blockWeights: 32, blockBytes: 18 },
  Q4_1: { id: 3, blockWeights: 32, blockBytes: 20 },
  Q5_0: { id: 6, blockWeights: 32, blockBytes: 22 },
  Q5_1: { id: 7, blockWeights: 32, blockBytes: 24 },
  Q8_0: { id: 8, blockWeights: 32, blockBytes: 34 },
  Q2_K: { id: 10, blockWeights: 256, blockBytes: 84 },
  Q3_K: { id: 11, blockWeights: 256, blockBytes: 110 },
  Q4_K: { id: 12, blockWeights: 256, blockBytes: 144 },
  Q5_K: { id: 13, blockWeights: 256, blockBytes: 176 },
  Q6_K: { id: 14, blockWeights: 256, blockBytes: 210 },
  IQ2_XXS: { id: 16, blockWeights: 256, blockBytes: 66 },
  IQ2_XS: { id: 17, blockWeights: 256, blockBytes: 74 },
  IQ3_XXS: { id: 18, blockWeights: 256, blockBytes: 98 },
  IQ1_S: { id: 19, blockWeights: 256, blockBytes: 50 },
  IQ4_NL: { id: 20, blockWeights: 32, blockBytes: 18 },
  IQ3_S: { id: 21, blockWeights: 256, blockBytes: 110 },
  IQ2_S: { id: 22, blockWeights: 256, blockBytes: 82 },
  IQ4_XS: { id: 23, blockWeights: 256, blockBytes: 136 },
  I8: { id: 24, blockWeights: 1, blockBytes: 1 },
  I16: { id: 25, blockWeights: 1, blockBytes: 2 },
  I32: { id: 26, blockWeights: 1, blockBytes: 4 },
  I64: { id: 27, blockWeights: 1, blockBytes: 8 },
  F64: { id: 28, blockWeights: 1, blockBytes: 8 },
  IQ1_M: { id: 29, blockWeights: 256, blockBytes: 56 },
  BF16: { id: 30, blockWeights: 1, blockBytes: 2 },
  TQ1_0: { id: 34, blockWeights: 256, blockBytes: 54 },
  TQ2_0: { id: 35, blockWeights: 256, blockBytes: 66 },
  MXFP4: { id: 39, blockWeights: 32, blockBytes: 17 },
  NVFP4: { id: 40, blockWeights: 64, blockBytes: 36 },
  Q1_0: { id: 41, blockWeights: 128, blockBytes: 18 },
  Q2_0: { id: 42, blockWeights: 64, blockBytes: 18 },
};

const BY_ID: ReadonlyMap<number, TensorType> = new Map(
  (Object.keys(TENSOR_TYPES) as TensorType[]).map((name) => [TENSOR_TYPES[name].id, name]),
);

/** The tensor type with ggml's number `id`, or null when the number is not known. */
export function tensorTypeFromId(id: number): TensorType | null {
  return BY_ID.get(id) ?? null;
}

/** Bits per weight of a tensor type, for example 4.5 for Q4_K. */
export function bitsPerWeight(type: TensorType): number {
  const { blockBytes, blockWeights } = TENSOR_TYPES[type];
  return (blockBytes * 8) / blockWeights;
}

/**
 * Bytes of a tensor stored as `type`. `shape[0]` is the length of a row; rows hold whole blocks.
 * Returns null when a row does not divide into blocks, because no such tensor can exist.
 */
export function tensorBytes(type: TensorType, shape: readonly number[]): number | null {
  const { blockBytes, blockWeights } = TENSOR_TYPES[type];
  const row = shape[0] ?? 1;
  if (row % blockWeights !== 0) return null;
  let bytes = (row / blockWeights) * blockBytes;
  for (let axis = 1; axis < shape.length; axis++) bytes *= shape[axis] ?? 1;
  return bytes;
}
