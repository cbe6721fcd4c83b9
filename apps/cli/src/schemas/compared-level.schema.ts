import type { RunSummary } from '@plimsoll/application';
import type { KvCacheType, Level } from '@plimsoll/domain';
import { z } from 'zod';
import {
  concurrentSpeedSchema,
  decodeSpeedupSchema,
  depthSpeedSchema,
  devicesSchema,
  intervalSchema,
  speedSchema,
  type ConcurrentSpeedDocument,
  type DecodeSpeedupDocument,
  type DepthSpeedDocument,
  type DevicesDocument,
  type IntervalDocument,
  type SpeedDocument,
} from './compared-speed.schema.js';
import { comparedTasksSchema, type ComparedTasksDocument } from './compared-tasks.schema.js';
import { bytesSchema, durationSchema, kvCacheSchema, levelSchema, shareSchema } from './parts.schema.js';

/** Everything measured about one level at one KV cache type. Null is not measured or not told by the backend. */
export interface ComparedLevelDocument {
  readonly level: Level;
  readonly kvCache: KvCacheType;
  readonly variant: string;
  /** Content digest, such as `sha256:…`. */
  readonly digest: string | null;
  /** Bytes of the variant's file. */
  readonly bytes: number | null;
  /** Bytes held when loaded. */
  readonly residentBytes: number | null;
  readonly runs: RunSummary;
  /** Medians with the plain prompt. */
  readonly speed: SpeedDocument;
  readonly speedIntervals: {
    readonly loadMs: IntervalDocument | null;
    readonly firstTokenMs: IntervalDocument | null;
    readonly prefillTokensPerSecond: IntervalDocument | null;
    readonly decodeTokensPerSecond: IntervalDocument | null;
  };
  /** Decode speed against the reference; null for the reference, and with fewer than two runs of either. */
  readonly decodeSpeedup: DecodeSpeedupDocument | null;
  /** Heat and power in the runs with the plain prompt. */
  readonly devices: DevicesDocument;
  /** Speed at several lengths of the prompt, shortest first; empty when none was asked for. */
  readonly depths: readonly DepthSpeedDocument[];
  /** Speed of several answers at once, fewest first; empty when none was asked for. */
  readonly concurrency: readonly ConcurrentSpeedDocument[];
  readonly quality: {
    readonly scoredTokens: number;
    readonly perplexity: number;
    readonly perplexityStandardError: number;
    readonly perplexityRatio: number;
    readonly perplexityRatioStandardError: number;
    readonly meanKld: number;
    readonly meanKldStandardError: number;
    /** KL divergence at quantiles, by quantile in 0..1. */
    readonly kldQuantiles: Readonly<Record<string, number>>;
    readonly sameTopToken: number;
    readonly sameTopTokenStandardError: number;
    readonly rmsDeltaP: number;
    readonly rmsDeltaPStandardError: number;
    readonly coverage:
      { readonly kind: 'full' } | { readonly kind: 'top-k'; readonly k: number; readonly missingMass: number };
  } | null;
  /** Answers to tasks; null when none were asked. */
  readonly tasks: ComparedTasksDocument | null;
  /** Whether no other level is both smaller and closer to the reference. */
  readonly paretoOptimal: boolean;
}

const milliseconds = durationSchema.nullable();
const rate = z.number().min(0).nullable();

/** Shape of `ComparedLevelDocument`. */
export const comparedLevelSchema: z.ZodType<ComparedLevelDocument> = z.strictObject({
  level: levelSchema,
  kvCache: kvCacheSchema,
  variant: z.string(),
  digest: z.string().nullable(),
  bytes: bytesSchema.nullable(),
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
  }),
  speed: speedSchema,
  speedIntervals: z.strictObject({
    loadMs: intervalSchema,
    firstTokenMs: intervalSchema,
    prefillTokensPerSecond: intervalSchema,
    decodeTokensPerSecond: intervalSchema,
  }),
  decodeSpeedup: decodeSpeedupSchema.nullable(),
  devices: devicesSchema,
  depths: z.array(depthSpeedSchema),
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
  tasks: comparedTasksSchema.nullable(),
  paretoOptimal: z.boolean(),
});
