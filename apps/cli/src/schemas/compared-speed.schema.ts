import { z } from 'zod';
import { durationSchema, shareSchema } from './parts.schema.js';

/** A 95 % interval around a median. */
export interface IntervalDocument {
  readonly low: number;
  readonly high: number;
}

/** What devices showed during runs. Null where no probe tells. */
export interface DevicesDocument {
  /** Hottest temperature seen, °C. */
  readonly temperatureC: number | null;
  /** Whether heat slowed a device in any of the runs. */
  readonly throttled: boolean | null;
  /** Median energy per generated token, joules; the prompt's share is in it. */
  readonly energyJPerToken: number | null;
}

/** Decode speed of a level against the reference's, over runs of the same rounds. */
export interface DecodeSpeedupDocument {
  /** Above 1 this level is faster. */
  readonly factor: number;
  /** Interval of the factor. */
  readonly interval: IntervalDocument;
  /** Of the interval, and from which the verdict follows: 0.95. */
  readonly confidence: number;
  /** Two-sided probability of such a difference by chance. Fewer than six runs cannot come below 0.05. */
  readonly pValue: number;
  readonly verdict: 'faster' | 'slower' | 'no difference shown';
}

/** Speed with a prompt of about so many tokens; at 0 it is a few words. */
export interface DepthSpeedDocument extends DevicesDocument {
  readonly depthTokens: number;
  /** Tokens that the prompts really had. */
  readonly promptTokens: number | null;
  /** Medians. */
  readonly prefillTokensPerSecond: number | null;
  readonly decodeTokensPerSecond: number | null;
  readonly intervals: {
    readonly prefillTokensPerSecond: IntervalDocument | null;
    readonly decodeTokensPerSecond: IntervalDocument | null;
  };
  /** Runs that failed, for example because the context does not fit. */
  readonly failed: number;
}

/** Speed of so many answers at the same time. */
export interface ConcurrentSpeedDocument extends DevicesDocument {
  readonly concurrency: number;
  /** Median of the generated tokens of all per second, prefill included. */
  readonly totalTokensPerSecond: number | null;
  readonly interval: IntervalDocument | null;
  readonly failed: number;
}

const rate = z.number().min(0).nullable();

/** Shape of an `IntervalDocument` or null. */
export const intervalSchema: z.ZodType<IntervalDocument | null> = z
  .strictObject({ low: z.number(), high: z.number() })
  .nullable();

const devices = {
  temperatureC: z.number().nullable(),
  throttled: z.boolean().nullable(),
  energyJPerToken: rate,
};

/** Shape of `DevicesDocument`. */
export const devicesSchema: z.ZodType<DevicesDocument> = z.strictObject(devices);

/** Shape of `DecodeSpeedupDocument`. */
export const decodeSpeedupSchema: z.ZodType<DecodeSpeedupDocument> = z.strictObject({
  factor: z.number().min(0),
  interval: z.strictObject({ low: z.number(), high: z.number() }),
  confidence: shareSchema,
  pValue: shareSchema,
  verdict: z.enum(['faster', 'slower', 'no difference shown']),
});

/** Shape of `DepthSpeedDocument`. */
export const depthSpeedSchema: z.ZodType<DepthSpeedDocument> = z.strictObject({
  depthTokens: z.int().min(0),
  promptTokens: z.number().min(0).nullable(),
  prefillTokensPerSecond: rate,
  decodeTokensPerSecond: rate,
  intervals: z.strictObject({ prefillTokensPerSecond: intervalSchema, decodeTokensPerSecond: intervalSchema }),
  failed: z.int().min(0),
  ...devices,
});

/** Shape of `ConcurrentSpeedDocument`. */
export const concurrentSpeedSchema: z.ZodType<ConcurrentSpeedDocument> = z.strictObject({
  concurrency: z.int().min(1),
  totalTokensPerSecond: rate,
  interval: intervalSchema,
  failed: z.int().min(0),
  ...devices,
});

/** Medians of a level's speed at the plain prompt. */
export interface SpeedDocument {
  readonly loadMs: number | null;
  readonly firstTokenMs: number | null;
  readonly prefillTokensPerSecond: number | null;
  readonly decodeTokensPerSecond: number | null;
}

/** Shape of `SpeedDocument`. */
export const speedSchema: z.ZodType<SpeedDocument> = z.strictObject({
  loadMs: durationSchema.nullable(),
  firstTokenMs: durationSchema.nullable(),
  prefillTokensPerSecond: rate,
  decodeTokensPerSecond: rate,
});
