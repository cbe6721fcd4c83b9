import { KV_CACHE_TYPES, LEVEL_NAMES } from '@plimsoll/domain';
import { z } from 'zod';

/** A whole, non-negative number of bytes. */
export const bytesSchema = z.int().min(0);

/** Milliseconds since 1970. */
export const timeSchema = z.number().min(0);

/** A length of time in milliseconds. */
export const durationSchema = z.number().min(0);

/** A share, 0 to 1. */
export const shareSchema = z.number().min(0).max(1);

/** Name of a preset's level. */
export const presetSchema = z.enum(LEVEL_NAMES);

/** Name of a level, or of a recipe such as `mixed-4.50bpw`. */
export const levelSchema = z.union([presetSchema, z.templateLiteral(['mixed-', z.number(), 'bpw'])]);

/** Name of a KV cache type. */
export const kvCacheSchema = z.enum(KV_CACHE_TYPES);
