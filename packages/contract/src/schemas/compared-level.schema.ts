import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import {
  concurrentSpeedSchema,
  decodeSpeedupSchema,
  depthSpeedSchema,
  devicesSchema,
  intervalSchema,
  speedSchema,
} from './compared-speed.schema.js';
import { comparedTasksSchema } from './compared-tasks.schema.js';
import { bytesSchema, durationSchema, kvCacheSchema, levelSchema, shareSchema } from './parts.schema.js';

const milliseconds = durationSchema.nullable();
const rate = z.number().min(0).nullable();

/** Shape of `ComparedLevelDocument`. */
export const comparedLevelSchema = z.strictObject({
  level: levelSchema,
  kvCache: kvCacheSchema,
  variant: z.string(),
  /** Content digest, such as `sha256:…`. */
  digest: z.string().nullable(),
  /** Bytes of the variant's file. */
  bytes: bytesSchema.nullable(),
  /** Bytes held when loaded. */
  residentBytes: bytesSchema.nullable(),
  runs: z.strictObject({
    total: z.int().min(0),
    succeeded: z.int().min(0),
    failed: z.int().min(0),
    successRate: shareSchema.nullable(),
    meanMs: milliseconds,
    minMs: milliseconds,
    maxMs: milliseconds,
    speedup: rate,
    /** Why runs failed, the most frequent cause first; empty when none did. */
    failures: z.array(
      z.strictObject({ errorCode: z.string().nullable(), message: z.string().nullable(), runs: z.int().min(1) }),
    ),
  }),
  /** Medians with the plain prompt. */
  speed: speedSchema,
  speedIntervals: z.strictObject({
    loadMs: intervalSchema,
    firstTokenMs: intervalSchema,
    prefillTokensPerSecond: intervalSchema,
    decodeTokensPerSecond: intervalSchema,
  }),
  /** Decode speed against the reference; null for the reference, and with fewer than two runs of either. */
  decodeSpeedup: decodeSpeedupSchema.nullable(),
  /** Heat and power in the runs with the plain prompt. */
  devices: devicesSchema,
  /** Speed at several lengths of the prompt, shortest first; empty when none was asked for. */
  depths: z.array(depthSpeedSchema),
  /** Speed of several answers at once, fewest first; empty when none was asked for. */
  concurrency: z.array(concurrentSpeedSchema),
  quality: z
    .strictObject({
      scoredTokens: z.int(),
      perplexity: z.number(),
      perplexityStandardError: z.number(),
      perplexityRatio: z.number(),
      perplexityRatioStandardError: z.number(),
      meanKld: z.number(),
      meanKldStandardError: z.number(),
      /** KL divergence at quantiles, by quantile in 0..1. */
      kldQuantiles: z.record(z.string(), z.number()),
      sameTopToken: shareSchema,
      sameTopTokenStandardError: z.number(),
      rmsDeltaP: z.number(),
      rmsDeltaPStandardError: z.number(),
      coverage: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('full') }),
        z.strictObject({ kind: z.literal('top-k'), k: z.int(), missingMass: z.number() }),
      ]),
    })
    .nullable(),
  /** Answers to tasks; null when none were asked. */
  tasks: comparedTasksSchema.nullable(),
  /** Whether no other level is both smaller and closer to the reference. */
  paretoOptimal: z.boolean(),
});

/** Everything measured about one level at one KV cache type. Null is not measured or not told by the backend. */
export type ComparedLevelDocument = DocumentOf<typeof comparedLevelSchema>;
