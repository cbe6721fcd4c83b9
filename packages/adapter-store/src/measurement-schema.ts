import { KV_CACHE_TYPES, LEVEL_NAMES } from '@plimsoll/domain';
import type { Measurement } from '@plimsoll/domain';
import { z } from 'zod';

/** Longer than any answer that is kept: those are cut when they are recorded. */
const MOST_ANSWER_CHARACTERS = 16_384;

const text = z.string().max(1024);
const name = text.min(1);
const amount = z.number().nonnegative();
const count = z.int().nonnegative();

const timings = z.object({
  promptTokens: count.nullable(),
  cachedPromptTokens: count.nullable(),
  generatedTokens: count.nullable(),
  loadMs: amount.nullable(),
  prefillMs: amount.nullable(),
  decodeMs: amount.nullable(),
  firstTokenMs: amount.nullable(),
  totalMs: amount,
});

const coverage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('full') }),
  z.object({ kind: z.literal('top-k'), k: count, missingMass: z.number() }),
]);

const quality = z.object({
  scoredTokens: count,
  perplexity: z.number(),
  perplexityStandardError: z.number(),
  referencePerplexity: z.number(),
  referencePerplexityStandardError: z.number(),
  perplexityRatio: z.number(),
  perplexityRatioStandardError: z.number(),
  meanKld: z.number(),
  meanKldStandardError: z.number(),
  kldQuantiles: z.record(z.string().max(32), z.number()),
  sameTopToken: z.number(),
  sameTopTokenStandardError: z.number(),
  rmsDeltaP: z.number(),
  rmsDeltaPStandardError: z.number(),
  coverage,
});

/** A measurement as it stands in a file: of this machine or of another's export. */
export const measurementSchema: z.ZodType<Measurement> = z.object({
  id: name,
  kind: z.enum(['generation', 'speed', 'quality', 'footprint', 'task', 'profile']),
  atMs: z.number(),
  model: name,
  variant: name,
  level: z.enum(LEVEL_NAMES).nullable(),
  digest: text.nullable(),
  architecture: text.nullable(),
  kvCache: z.enum(KV_CACHE_TYPES).nullable(),
  contextTokens: count.nullable(),
  gpuLayers: count.nullable(),
  environment: z.object({
    backend: name,
    engineBuild: text.nullable(),
    device: text.nullable(),
    driver: text.nullable(),
    platform: text,
  }),
  succeeded: z.boolean(),
  errorCode: text.nullable(),
  errorMessage: text.nullable().exactOptional(),
  timings: timings.nullable(),
  residentBytes: count.nullable(),
  quality: quality.nullable(),
  footprint: z.object({ predictedBytes: count, observedBytes: count }).nullable(),
  predictedSpeed: z
    .object({ decodeTokensPerSecond: amount.nullable(), prefillTokensPerSecond: amount.nullable() })
    .nullable()
    .exactOptional(),
  task: z
    .object({
      id: name,
      passed: z.boolean().nullable(),
      score: z.number().nullable(),
      answer: z.string().max(MOST_ANSWER_CHARACTERS).nullable().exactOptional(),
    })
    .nullable()
    .exactOptional(),
  condition: z.object({ depthTokens: count.nullable(), concurrency: count }).nullable().exactOptional(),
  temperatureC: z.number().nullable(),
  throttled: z.boolean().nullable(),
  energyJ: amount.nullable(),
  comparisonId: text.nullable(),
  foreign: z.boolean(),
});
