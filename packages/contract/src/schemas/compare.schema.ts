import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { comparedLevelSchema } from './compared-level.schema.js';
import { kvCacheSchema, levelSchema } from './parts.schema.js';

/** Shape of `CompareDocument`. */
export const compareSchema = z.strictObject({
  schema: z.literal('plimsoll.compare/1'),
  /** Names the comparison in the store; running the same one again after an interruption goes on with it. */
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
  /** Null when quality was not measured. */
  text: z.strictObject({ tokens: z.int(), window: z.int() }).nullable(),
  /** What was asked for and could not be measured, and why; empty when all was. */
  notMeasured: z.array(z.strictObject({ what: z.enum(['quality', 'prompts']), reason: z.string() })),
  levels: z.array(comparedLevelSchema),
  verdict: z.strictObject({
    recommended: z.strictObject({ level: levelSchema, kvCache: kvCacheSchema }).nullable(),
    sentences: z.array(z.string()),
  }),
  /** The HTML page that was written, or null. */
  report: z.string().nullable(),
});

/** What `plimsoll compare` prints with `--json`. */
export type CompareDocument = DocumentOf<typeof compareSchema>;
