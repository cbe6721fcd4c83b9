import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { durationSchema, levelSchema } from './parts.schema.js';

const milliseconds = durationSchema.nullable();
const tokens = z.int().min(0).nullable();

/** Shape of `RunDocument`. */
export const runSchema = z.strictObject({
  schema: z.literal('plimsoll.run/1'),
  model: z.string(),
  /** The variant that answered, and why it was chosen. */
  variant: z.strictObject({
    name: z.string(),
    level: levelSchema.nullable(),
    reason: z.enum([
      'quantization-off',
      'level-in-name',
      'already-quantized',
      'only-variant',
      'level-asked-for',
      'recommended',
      'settings',
      'fallback',
    ]),
    /** How it was made for this call, or null when it was there. */
    made: z.enum(['pull', 'create', 'quantize', 'import']).nullable(),
  }),
  text: z.string(),
  /** What a reasoning model thought before, or null. */
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

/** What `plimsoll run` prints with `--json`, when the answer is complete. */
export type RunDocument = DocumentOf<typeof runSchema>;
