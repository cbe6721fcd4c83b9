import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';
import { durationSchema } from './parts.schema.js';

/** Shape of `ImatrixDocument`. */
export const imatrixSchema = z.strictObject({
  schema: z.literal('plimsoll.imatrix/1'),
  model: z.string(),
  path: z.string(),
  tensors: z.int().min(1),
  /** Windows of the text, and their length in tokens. */
  windows: z.int().min(0),
  windowTokens: z.int().min(0),
  /** Windows that an earlier run had evaluated; all of them when the matrix was there. */
  resumedWindows: z.int().min(0),
  datasets: z.array(z.string()),
  durationMs: durationSchema,
});

/** What `plimsoll imatrix` prints with `--json`. */
export type ImatrixDocument = DocumentOf<typeof imatrixSchema>;
