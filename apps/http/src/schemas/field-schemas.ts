import { KV_CACHE_TYPES, LEVEL_NAMES } from '@plimsoll/domain';
import type { KvCacheType, Level } from '@plimsoll/domain';
import { z } from 'zod';

/** A quantization level by its name. */
export const levelSchema: z.ZodType<Level> = z.enum(LEVEL_NAMES as [Level, ...Level[]]);

/** A type of the KV cache. */
export const kvCacheTypeSchema: z.ZodType<KvCacheType> = z.enum(KV_CACHE_TYPES);

/** A count or size: a whole number from zero. */
export const wholeSchema: z.ZodType<number> = z.number().int().min(0);
