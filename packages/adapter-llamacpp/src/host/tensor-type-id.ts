import { TENSOR_TYPES, kvCacheTensorType } from '@plimsoll/domain';
import type { KvCacheType, TensorType } from '@plimsoll/domain';

/** ggml's number of a tensor type. */
export function tensorTypeId(type: TensorType): number {
  return TENSOR_TYPES[type].id;
}

/** ggml's number of a KV cache type. */
export function cacheTypeId(type: KvCacheType): number {
  return tensorTypeId(kvCacheTensorType(type));
}
