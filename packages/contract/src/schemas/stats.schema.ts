import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { durationSchema, kvCacheSchema, levelSchema, shareSchema } from './parts.schema.js';

const milliseconds = durationSchema.nullable();

/** Shape of `StatsDocument`. */
export const statsSchema = z.strictObject({
  schema: z.literal('plimsoll.stats/1'),
  /** Milliseconds since 1970 from which records count, or null for all. */
  sinceMs: z.number().nullable(),
  variants: z.array(
    z.strictObject({
      model: z.string(),
      variant: z.string(),
      digest: z.string().nullable(),
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
  /** Decode speed over time, on this machine. */
  trends: z.array(
    z.strictObject({
      model: z.string(),
      variant: z.string(),
      device: z.string().nullable(),
      kvCache: kvCacheSchema.nullable(),
      runs: z.int().min(0),
      /** Medians of equal groups of runs, oldest first. */
      decodeTokensPerSecond: z.array(z.number().min(0)),
      /** The last group against the first, as a share. */
      change: z.number(),
    }),
  ),
  /** What got worse on this machine. */
  regressions: z.array(
    z.strictObject({
      kind: z.enum(['speed', 'quality', 'reliability']),
      model: z.string(),
      variant: z.string(),
      device: z.string().nullable(),
      /** Decode tokens per second, same-top-token rate or success rate. */
      before: z.number(),
      now: z.number(),
      pValue: shareSchema.nullable(),
      /** What changed in between, such as a driver. */
      changes: z.array(z.string()),
      message: z.string(),
    }),
  ),
  /** Settings that the measurements speak for; null when they were not asked for. */
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
  /** Whether the proposals were written to the configuration. */
  applied: z.boolean(),
});

/** What `plimsoll stats` prints with `--json`. */
export type StatsDocument = DocumentOf<typeof statsSchema>;
