import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { compareSchema } from './compare.schema.js';
import { durationSchema, levelSchema } from './parts.schema.js';
import { gpuSchema } from './gpu.schema.js';
import { planSchema } from './plan.schema.js';

/** Shape of `DemoDocument`. */
export const demoSchema = z.strictObject({
  schema: z.literal('plimsoll.demo/1'),
  machine: gpuSchema,
  plan: planSchema,
  comparison: compareSchema,
  recommended: levelSchema.nullable(),
  /** Folder with the variants that were made. */
  folder: z.string(),
  durationMs: durationSchema,
});

/** What `plimsoll demo` prints with `--json`: the documents of its steps. */
export type DemoDocument = DocumentOf<typeof demoSchema>;
