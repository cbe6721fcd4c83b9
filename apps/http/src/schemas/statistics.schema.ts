import type { VariantStatistics } from '@plimsoll/domain';
import { z } from 'zod';
import { levelSchema } from './field-schemas.js';

const known = z.number().nullable();

const variantStatisticsSchema: z.ZodType<VariantStatistics> = z.object({
  model: z.string(),
  variant: z.string(),
  total: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  successRate: known,
  meanMs: known,
  minMs: known,
  maxMs: known,
  p50Ms: known,
  p95Ms: known,
  p99Ms: known,
  meanDecodeTokensPerSecond: known,
  meanFirstTokenMs: known,
});

/** Recorded performance. */
export const statisticsSchema: z.ZodType<{ readonly statistics: readonly VariantStatistics[] }> = z.object({
  statistics: z.array(variantStatisticsSchema),
});

/** Which records count; absent fields do not restrict. */
export const statisticsQuerySchema = z.strictObject({
  model: z.string().optional(),
  variant: z.string().optional(),
  level: levelSchema.optional(),
  backend: z.string().optional(),
  sinceMs: z.coerce.number().optional(),
});
