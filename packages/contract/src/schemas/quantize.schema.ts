import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { bytesSchema, durationSchema, levelSchema } from './parts.schema.js';

/** Shape of `QuantizeDocument`. */
export const quantizeSchema = z.strictObject({
  schema: z.literal('plimsoll.quantize/1'),
  model: z.string(),
  level: levelSchema,
  /** True: nothing was written, `sizeBytes` says what would be. */
  dryRun: z.boolean(),
  /** Name of the result as the backend knows it; null for a dry run. */
  name: z.string().nullable(),
  /** File on this machine, or null. */
  path: z.string().nullable(),
  method: z.enum(['pull', 'create', 'quantize', 'import']).nullable(),
  /** File of the importance matrix that it was quantized with, or null. */
  importanceMatrix: z.string().nullable(),
  sizeBytes: bytesSchema.nullable(),
  digest: z.string().nullable(),
  durationMs: durationSchema,
});

/** What `plimsoll quantize` prints with `--json`. */
export type QuantizeDocument = DocumentOf<typeof quantizeSchema>;
