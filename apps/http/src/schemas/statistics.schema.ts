import type { MeasurementFilter, VariantStatistics } from '@plimsoll/domain';
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

/** The part of a filter that a query can say. */
export type StatisticsQuery = Pick<MeasurementFilter, 'model' | 'variant' | 'level' | 'backend' | 'sinceMs'>;

/** Which records count; absent fields do not restrict. */
export const statisticsQuerySchema: z.ZodType<StatisticsQuery> = z.strictObject({
  model: z.string().optional(),
  variant: z.string().optional(),
  level: levelSchema.optional(),
  backend: z.string().optional(),
  sinceMs: z.coerce.number().optional(),
});
