import { z } from 'zod';
import type { KvCacheType, Level } from '@plimsoll/domain';
import { durationSchema, kvCacheSchema, levelSchema, shareSchema } from './parts.schema.js';

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
  /** Decode speed over time, on this machine. */
  readonly trends: readonly {
    readonly model: string;
    readonly variant: string;
    readonly device: string | null;
    readonly kvCache: KvCacheType | null;
    readonly runs: number;
    /** Medians of equal groups of runs, oldest first. */
    readonly decodeTokensPerSecond: readonly number[];
    /** The last group against the first, as a share. */
    readonly change: number;
  }[];
  /** What got worse on this machine. */
  readonly regressions: readonly {
    readonly kind: 'speed' | 'quality' | 'reliability';
    readonly model: string;
    readonly variant: string;
    readonly device: string | null;
    /** Decode tokens per second, same-top-token rate or success rate. */
    readonly before: number;
    readonly now: number;
    readonly pValue: number | null;
    /** What changed in between, such as a driver. */
    readonly changes: readonly string[];
    readonly message: string;
  }[];
  /** Settings that the measurements speak for; null when they were not asked for. */
  readonly proposals:
    | readonly {
        readonly model: string;
        readonly override: {
          readonly level?: Level | undefined;
          readonly kvCacheType?: KvCacheType | undefined;
          readonly enabled?: boolean | undefined;
        };
        readonly reasons: readonly string[];
      }[]
    | null;
  /** Whether the proposals were written to the configuration. */
  readonly applied: boolean;
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
  trends: z.array(
    z.strictObject({
      model: z.string(),
      variant: z.string(),
      device: z.string().nullable(),
      kvCache: kvCacheSchema.nullable(),
      runs: z.int().min(0),
      decodeTokensPerSecond: z.array(z.number().min(0)),
      change: z.number(),
    }),
  ),
  regressions: z.array(
    z.strictObject({
      kind: z.enum(['speed', 'quality', 'reliability']),
      model: z.string(),
      variant: z.string(),
      device: z.string().nullable(),
      before: z.number(),
      now: z.number(),
      pValue: shareSchema.nullable(),
      changes: z.array(z.string()),
      message: z.string(),
    }),
  ),
  proposals: z
    .array(
      z.strictObject({
        model: z.string(),
        override: z.strictObject({
          level: levelSchema.optional(),
          kvCacheType: kvCacheSchema.optional(),
          enabled: z.boolean().optional(),
        }),
        reasons: z.array(z.string()),
      }),
    )
    .nullable(),
  applied: z.boolean(),
});
