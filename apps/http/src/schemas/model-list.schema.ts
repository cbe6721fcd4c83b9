import type { ModelList } from '@plimsoll/application';
import { z } from 'zod';
import { levelSchema } from './field-schemas.js';

const residentSchema = z.object({
  name: z.string(),
  sizeBytes: z.number().nullable(),
  deviceBytes: z.number().nullable(),
  contextTokens: z.number().nullable(),
  expiresAtMs: z.number().nullable(),
});

/** The models of the backend. */
export const modelListSchema: z.ZodType<ModelList> = z.object({
  runtime: z.object({ name: z.string(), version: z.string().nullable(), endpoint: z.string().nullable() }),
  models: z.array(
    z.object({
      name: z.string(),
      level: levelSchema.nullable(),
      sizeBytes: z.number().nullable(),
      digest: z.string().nullable(),
      architecture: z.string().nullable(),
      parameterSize: z.string().nullable(),
      modifiedAtMs: z.number().nullable(),
      path: z.string().optional(),
      resident: residentSchema.nullable(),
    }),
  ),
});
