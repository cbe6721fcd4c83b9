import type { KvCacheType, Level } from '@plimsoll/domain';
import { z } from 'zod';
import { bytesSchema, durationSchema, kvCacheSchema, levelSchema, shareSchema } from './parts.schema.js';

/** A 95 % interval around a median. */
export interface IntervalDocument {
  readonly low: number;
  readonly high: number;
}

/** A rate or mean with its 95 % interval. */
export interface TaskEstimateDocument {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Everything measured about one level at one KV cache type. Null is not measured or not told by the backend. */
export interface ComparedLevelDocument {
  readonly level: Level;
  readonly kvCache: KvCacheType;
  readonly variant: string;
  /** Bytes of the variant's file. */
  readonly bytes: number | null;
  /** Bytes held when loaded. */
  readonly residentBytes: number | null;
  readonly runs: {
    readonly total: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly successRate: number | null;
    readonly meanMs: number | null;
    readonly minMs: number | null;
    readonly maxMs: number | null;
    /** Mean time of the reference divided by this one's. */
    readonly speedup: number | null;
  };
  /** Medians. */
  readonly speed: {
    readonly loadMs: number | null;
    readonly firstTokenMs: number | null;
    readonly prefillTokensPerSecond: number | null;
    readonly decodeTokensPerSecond: number | null;
  };
  readonly speedIntervals: {
    readonly loadMs: IntervalDocument | null;
    readonly firstTokenMs: IntervalDocument | null;
    readonly prefillTokensPerSecond: IntervalDocument | null;
    readonly decodeTokensPerSecond: IntervalDocument | null;
  };
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
  readonly tasks: {
    readonly total: number;
    readonly passed: number;
    /** Judged, and wrong. */
    readonly failed: number;
    /** Not judged, because the backend or the grader failed. */
    readonly errors: number;
    /** Share of the judged tasks that passed, with Wilson's 95 % interval. */
    readonly passRate: TaskEstimateDocument | null;
    /** Mean score of the user's grader, with a 95 % bootstrap interval. */
    readonly meanScore: TaskEstimateDocument | null;
    /** Null for the reference. */
    readonly againstReference: {
      /** Ids of tasks that only the reference solved, and that only this level did. */
      readonly lost: readonly string[];
      readonly gained: readonly string[];
      /** McNemar's test. */
      readonly pValue: number | null;
      /** Sign-flip test of the differences in score. */
      readonly scorePValue: number | null;
    } | null;
  } | null;
  /** Whether no other level is both smaller and closer to the reference. */
  readonly paretoOptimal: boolean;
}

/** What `plimsoll compare` prints with `--json`. */
export interface CompareDocument {
  readonly schema: 'plimsoll.compare/1';
  /** Names the comparison in the store; running the same one again after an interruption goes on with it. */
  readonly id: string;
  readonly model: string;
  readonly reference: { readonly level: Level; readonly kvCache: KvCacheType };
  readonly environment: {
    readonly backend: string;
    readonly engineBuild: string | null;
    readonly device: string | null;
    readonly driver: string | null;
    readonly platform: string;
  };
  /** Null when quality was not measured. */
  readonly text: { readonly tokens: number; readonly window: number } | null;
  readonly levels: readonly ComparedLevelDocument[];
  readonly verdict: {
    readonly recommended: { readonly level: Level; readonly kvCache: KvCacheType } | null;
    readonly sentences: readonly string[];
  };
  /** The HTML page that was written, or null. */
  readonly report: string | null;
}

const milliseconds = durationSchema.nullable();
const rate = z.number().min(0).nullable();
const interval = z.strictObject({ low: z.number(), high: z.number() }).nullable();
const taskEstimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() }).nullable();

/** Shape of `ComparedLevelDocument`. */
export const comparedLevelSchema: z.ZodType<ComparedLevelDocument> = z.strictObject({
  level: levelSchema,
  kvCache: kvCacheSchema,
  variant: z.string(),
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
  speed: z.strictObject({
    loadMs: milliseconds,
    firstTokenMs: milliseconds,
    prefillTokensPerSecond: rate,
    decodeTokensPerSecond: rate,
  }),
  speedIntervals: z.strictObject({
    loadMs: interval,
    firstTokenMs: interval,
    prefillTokensPerSecond: interval,
    decodeTokensPerSecond: interval,
  }),
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
  tasks: z
    .strictObject({
      total: z.int().min(0),
      passed: z.int().min(0),
      failed: z.int().min(0),
      errors: z.int().min(0),
      passRate: taskEstimate,
      meanScore: taskEstimate,
      againstReference: z
        .strictObject({
          lost: z.array(z.string()),
          gained: z.array(z.string()),
          pValue: shareSchema.nullable(),
          scorePValue: shareSchema.nullable(),
        })
        .nullable(),
    })
    .nullable(),
  paretoOptimal: z.boolean(),
});

/** Shape of `CompareDocument`. */
export const compareSchema: z.ZodType<CompareDocument> = z.strictObject({
  schema: z.literal('plimsoll.compare/1'),
  id: z.string(),
  model: z.string(),
  reference: z.strictObject({ level: levelSchema, kvCache: kvCacheSchema }),
  environment: z.strictObject({
    backend: z.string(),
    engineBuild: z.string().nullable(),
    device: z.string().nullable(),
    driver: z.string().nullable(),
    platform: z.string(),
  }),
  text: z.strictObject({ tokens: z.int(), window: z.int() }).nullable(),
  levels: z.array(comparedLevelSchema),
  verdict: z.strictObject({
    recommended: z.strictObject({ level: levelSchema, kvCache: kvCacheSchema }).nullable(),
    sentences: z.array(z.string()),
  }),
  report: z.string().nullable(),
});
