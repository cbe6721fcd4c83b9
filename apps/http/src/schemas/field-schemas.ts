import { BOUNDS, KV_CACHE_TYPES, LEVEL_NAMES } from '@plimsoll/domain';
import type { KvCacheType, Level, VariantLevel } from '@plimsoll/domain';
import { z } from 'zod';

/** A preset's level by its name. */
export const presetSchema: z.ZodType<Level> = z.enum(LEVEL_NAMES as [Level, ...Level[]]);

/** A level, or a recipe such as `mixed-4.50bpw`. */
export const levelSchema: z.ZodType<VariantLevel> = z.union([
  presetSchema,
  z.templateLiteral(['mixed-', z.number(), 'bpw']),
]);

/** A type of the KV cache. */
export const kvCacheTypeSchema: z.ZodType<KvCacheType> = z.enum(KV_CACHE_TYPES);

/** A whole number within the bounds of that name, which hold for every front end. */
export const wholeWithin = (name: keyof typeof BOUNDS): z.ZodType<number> =>
  z.number().int().min(BOUNDS[name][0]).max(BOUNDS[name][1]);

/** A number within the bounds of that name. */
export const numberWithin = (name: keyof typeof BOUNDS): z.ZodType<number> =>
  z.number().min(BOUNDS[name][0]).max(BOUNDS[name][1]);

/** A model as its user names it. */
export const modelNameSchema: z.ZodType<string> = z.string().min(1).max(4096);
