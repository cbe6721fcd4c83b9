import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { bytesSchema, levelSchema, timeSchema } from './parts.schema.js';

/** Shape of `ModelsDocument`. */
export const modelsSchema = z.strictObject({
  schema: z.literal('plimsoll.models/1'),
  backend: z.strictObject({
    id: z.string(),
    name: z.string(),
    version: z.string().nullable(),
    /** Address, or null for the engine inside the program. */
    endpoint: z.string().nullable(),
  }),
  models: z.array(
    z.strictObject({
      name: z.string(),
      level: levelSchema.nullable(),
      sizeBytes: bytesSchema.nullable(),
      digest: z.string().nullable(),
      architecture: z.string().nullable(),
      parameterSize: z.string().nullable(),
      /** Milliseconds since 1970. */
      modifiedAtMs: timeSchema.nullable(),
      path: z.string().nullable(),
      /** Null when it is not loaded. */
      resident: z
        .strictObject({
          sizeBytes: bytesSchema.nullable(),
          deviceBytes: bytesSchema.nullable(),
          contextTokens: z.int().nullable(),
          expiresAtMs: timeSchema.nullable(),
        })
        .nullable(),
    }),
  ),
});

/** What `plimsoll models` prints with `--json`. */
export type ModelsDocument = DocumentOf<typeof modelsSchema>;
