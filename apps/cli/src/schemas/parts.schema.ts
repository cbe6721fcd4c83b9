import { KV_CACHE_TYPES, LEVEL_NAMES, type KvCacheType, type Level } from '@plimsoll/domain';
import { z } from 'zod';

/** A whole, non-negative number of bytes. */
export const bytesSchema: z.ZodType<number> = z.int().min(0);

/** Milliseconds since 1970. */
export const timeSchema: z.ZodType<number> = z.number().min(0);

/** A length of time in milliseconds. */
export const durationSchema: z.ZodType<number> = z.number().min(0);

/** A share, 0 to 1. */
export const shareSchema: z.ZodType<number> = z.number().min(0).max(1);

/** Name of a quantization level. */
export const levelSchema: z.ZodType<Level> = z.enum(LEVEL_NAMES);

/** Name of a KV cache type. */
export const kvCacheSchema: z.ZodType<KvCacheType> = z.enum(KV_CACHE_TYPES);
