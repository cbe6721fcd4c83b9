import type { TensorType } from './tensor-type.js';

/** Tensor types that llama.cpp accepts for the KV cache. */
export const KV_CACHE_TYPES = ['f32', 'f16', 'bf16', 'q8_0', 'q5_1', 'q5_0', 'q4_1', 'q4_0', 'iq4_nl'] as const;

/** Name of a KV cache type as users write it, such as `q8_0`. */
export type KvCacheType = (typeof KV_CACHE_TYPES)[number];

/** The tensor type behind a KV cache type. */
export function kvCacheTensorType(type: KvCacheType): TensorType {
  return type.toUpperCase() as Uppercase<KvCacheType>;
}
