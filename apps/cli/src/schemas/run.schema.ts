import type { BuildMethod, Level, StopReason } from '@plimsoll/domain';
import { z } from 'zod';
import { durationSchema, levelSchema } from './parts.schema.js';

/** How long one generation took. Milliseconds; null is unknown. */
export interface TimingsDocument {
  readonly promptTokens: number | null;
  readonly cachedPromptTokens: number | null;
  readonly generatedTokens: number | null;
  readonly loadMs: number | null;
  readonly prefillMs: number | null;
  readonly decodeMs: number | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
}

/** What `plimsoll run` prints with `--json`, when the answer is complete. */
export interface RunDocument {
  readonly schema: 'plimsoll.run/1';
  readonly model: string;
  /** The variant that answered, and why it was chosen. */
  readonly variant: {
    readonly name: string;
    readonly level: Level | null;
    readonly reason:
      'quantization-off' | 'level-in-name' | 'already-quantized' | 'only-variant' | 'level-asked-for' | 'settings';
    /** How it was made for this call, or null when it was there. */
    readonly made: BuildMethod | null;
  };
  readonly text: string;
  /** What a reasoning model thought before, or null. */
  readonly thinking: string | null;
  readonly stopReason: StopReason;
  readonly timings: TimingsDocument;
}

const milliseconds = durationSchema.nullable();
const tokens = z.int().min(0).nullable();

/** Shape of `RunDocument`. */
export const runSchema: z.ZodType<RunDocument> = z.strictObject({
  schema: z.literal('plimsoll.run/1'),
  model: z.string(),
  variant: z.strictObject({
    name: z.string(),
    level: levelSchema.nullable(),
    reason: z.enum([
      'quantization-off',
      'level-in-name',
      'already-quantized',
      'only-variant',
      'level-asked-for',
      'settings',
    ]),
    made: z.enum(['pull', 'create', 'quantize', 'import']).nullable(),
  }),
  text: z.string(),
  thinking: z.string().nullable(),
  stopReason: z.enum(['stop', 'length', 'cancelled', 'other']),
  timings: z.strictObject({
    promptTokens: tokens,
    cachedPromptTokens: tokens,
    generatedTokens: tokens,
    loadMs: milliseconds,
    prefillMs: milliseconds,
    decodeMs: milliseconds,
    firstTokenMs: milliseconds,
    totalMs: durationSchema,
  }),
});
