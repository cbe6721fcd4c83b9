import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';
import { levelSchema } from './parts.schema.js';

/** Shape of `RerankDocument`. */
export const rerankSchema = z.strictObject({
  schema: z.literal('plimsoll.rerank/1'),
  model: z.string(),
  /** The variant that scored. */
  variant: z.strictObject({ name: z.string(), level: levelSchema.nullable() }),
  /** The best first. `index` is the document's place in the request; the scale of `score` is the model's own. */
  results: z.array(z.strictObject({ index: z.int().min(0), score: z.number() })),
  /** Tokens that were read, or null when the backend does not count them. */
  promptTokens: z.int().min(0).nullable(),
});

/** What ranking documents by a query gives. */
export type RerankDocument = DocumentOf<typeof rerankSchema>;
