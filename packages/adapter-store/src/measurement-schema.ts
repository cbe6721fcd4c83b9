import { KV_CACHE_TYPES, parseVariantLevel } from '@plimsoll/domain';
import type { Measurement, VariantLevel } from '@plimsoll/domain';
import { z } from 'zod';
import { currentRecord } from './current-record.js';

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

const shape = z.object({
  contextTokens: count.exactOptional(),
  parallel: count.exactOptional(),
  microBatchTokens: count.exactOptional(),
  keyCacheType: z.enum(KV_CACHE_TYPES).exactOptional(),
  valueCacheType: z.enum(KV_CACHE_TYPES).exactOptional(),
  flashAttention: z.enum(['on', 'off', 'auto']).exactOptional(),
  placement: z
    .object({
      gpuLayers: count.exactOptional(),
      split: z.array(amount).max(64).exactOptional(),
      expertLayersOnHost: count.exactOptional(),
    })
    .exactOptional(),
});

const facts = {
  id: name,
  atMs: z.number(),
  model: name,
  variant: name,
  level: z.custom<VariantLevel>((value) => typeof value === 'string' && parseVariantLevel(value) === value).nullable(),
  digest: text.nullable(),
  architecture: text.nullable(),
  shape,
  environment: z.object({
    backend: name,
    engineBuild: text.nullable(),
    device: text.nullable(),
    driver: text.nullable(),
    platform: text,
    machine: text.nullable().exactOptional(),
  }),
  succeeded: z.boolean(),
  errorCode: text.nullable(),
  errorMessage: text.nullable().exactOptional(),
  residentBytes: count.nullable(),
  temperatureC: z.number().nullable(),
  throttled: z.boolean().nullable(),
  energyJ: amount.nullable(),
  comparisonId: text.nullable(),
  foreign: z.boolean(),
};

const footprint = z.object({ predictedBytes: count, observedBytes: count });

const predictedSpeed = z.object({
  decodeTokensPerSecond: amount.nullable(),
  prefillTokensPerSecond: amount.nullable(),
});

const task = z.object({
  id: name,
  passed: z.boolean().nullable(),
  score: z.number().nullable(),
  answer: z.string().max(MOST_ANSWER_CHARACTERS).nullable().exactOptional(),
});

const currentSchema: z.ZodType<Measurement> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('generation'), ...facts, timings: timings.nullable() }),
  z.object({
    kind: z.literal('speed'),
    ...facts,
    timings: timings.nullable(),
    predictedSpeed: predictedSpeed.nullable(),
    footprint: footprint.nullable(),
  }),
  z.object({
    kind: z.literal('profile'),
    ...facts,
    timings: timings.nullable(),
    condition: z.object({ depthTokens: count.nullable(), concurrency: count }),
  }),
  z.object({ kind: z.literal('quality'), ...facts, quality: quality.nullable() }),
  z.object({ kind: z.literal('footprint'), ...facts, footprint }),
  z.object({ kind: z.literal('task'), ...facts, task }),
]);

/** A measurement as it stands in a file, of this format or the one before: of this machine or of another's export. */
export const measurementSchema: z.ZodType<Measurement> = z.preprocess(currentRecord, currentSchema);
