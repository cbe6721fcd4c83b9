import type { MeasurementFilter } from '@plimsoll/domain';
import { z } from 'zod';
import { levelSchema } from './field-schemas.js';

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
