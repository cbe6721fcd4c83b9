import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { durationSchema, shareSchema } from './parts.schema.js';

const rate = z.number().min(0).nullable();

/** Shape of an `IntervalDocument` or null. */
export const intervalSchema = z.strictObject({ low: z.number(), high: z.number() }).nullable();

/** A 95 % interval around a median. */
export type IntervalDocument = NonNullable<DocumentOf<typeof intervalSchema>>;

const devices = {
  temperatureC: z.number().nullable(),
  throttled: z.boolean().nullable(),
  energyJPerToken: rate,
};

/** Shape of `DevicesDocument`. */
export const devicesSchema = z.strictObject(devices);

/** What devices showed during runs. Null where no probe tells. */
export type DevicesDocument = DocumentOf<typeof devicesSchema>;

/** Shape of `DecodeSpeedupDocument`. */
export const decodeSpeedupSchema = z.strictObject({
  /** Above 1 this level is faster. */
  factor: z.number().min(0),
  /** Interval of the factor. */
  interval: z.strictObject({ low: z.number(), high: z.number() }),
  /** Of the interval, and from which the verdict follows: 0.95. */
  confidence: shareSchema,
  /** Two-sided probability of such a difference by chance. Fewer than six runs cannot come below 0.05. */
  pValue: shareSchema,
  verdict: z.enum(['faster', 'slower', 'no difference shown']),
});

/** Decode speed of a level against the reference's, over runs of the same rounds. */
export type DecodeSpeedupDocument = DocumentOf<typeof decodeSpeedupSchema>;

/** Shape of `DepthSpeedDocument`. */
export const depthSpeedSchema = z.strictObject({
  depthTokens: z.int().min(0),
  /** Tokens that the prompts really had. */
  promptTokens: z.number().min(0).nullable(),
  /** Medians. */
  prefillTokensPerSecond: rate,
  decodeTokensPerSecond: rate,
  intervals: z.strictObject({ prefillTokensPerSecond: intervalSchema, decodeTokensPerSecond: intervalSchema }),
  /** Runs that failed, for example because the context does not fit. */
  failed: z.int().min(0),
  ...devices,
});

/** Speed with a prompt of about so many tokens; at 0 it is a few words. */
export type DepthSpeedDocument = DocumentOf<typeof depthSpeedSchema>;

/** Shape of `ConcurrentSpeedDocument`. */
export const concurrentSpeedSchema = z.strictObject({
  concurrency: z.int().min(1),
  /** Median of the generated tokens of all per second, prefill included. */
  totalTokensPerSecond: rate,
  interval: intervalSchema,
  failed: z.int().min(0),
  ...devices,
});

/** Speed of so many answers at the same time. */
export type ConcurrentSpeedDocument = DocumentOf<typeof concurrentSpeedSchema>;

/** Shape of `SpeedDocument`. */
export const speedSchema = z.strictObject({
  loadMs: durationSchema.nullable(),
  firstTokenMs: durationSchema.nullable(),
  prefillTokensPerSecond: rate,
  decodeTokensPerSecond: rate,
});

/** Medians of a level's speed at the plain prompt. */
export type SpeedDocument = DocumentOf<typeof speedSchema>;
