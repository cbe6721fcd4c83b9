import { z } from 'zod';
import { durationSchema, shareSchema } from './parts.schema.js';

/** Recorded performance of one variant. Durations are milliseconds; null is unknown. */
export interface VariantStatisticsDocument {
  readonly model: string;
  readonly variant: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly successRate: number | null;
  readonly meanMs: number | null;
  readonly minMs: number | null;
  readonly maxMs: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly meanDecodeTokensPerSecond: number | null;
  readonly meanFirstTokenMs: number | null;
}

/** What `plimsoll stats` prints with `--json`. */
export interface StatsDocument {
  readonly schema: 'plimsoll.stats/1';
  /** Milliseconds since 1970 from which records count, or null for all. */
  readonly sinceMs: number | null;
  readonly variants: readonly VariantStatisticsDocument[];
}

const milliseconds = durationSchema.nullable();

/** Shape of `StatsDocument`. */
export const statsSchema: z.ZodType<StatsDocument> = z.strictObject({
  schema: z.literal('plimsoll.stats/1'),
  sinceMs: z.number().nullable(),
  variants: z.array(
    z.strictObject({
      model: z.string(),
      variant: z.string(),
      total: z.int().min(0),
      succeeded: z.int().min(0),
      failed: z.int().min(0),
      successRate: shareSchema.nullable(),
      meanMs: milliseconds,
      minMs: milliseconds,
      maxMs: milliseconds,
      p50Ms: milliseconds,
      p95Ms: milliseconds,
      p99Ms: milliseconds,
      meanDecodeTokensPerSecond: z.number().min(0).nullable(),
      meanFirstTokenMs: milliseconds,
    }),
  ),
});
