import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';

/** Shape of `FailureDocument`. */
export const failureSchema = z.object({
  error: z.object({
    code: z.string().meta({ description: "Stable: the domain's codes, such as model-not-found, and the server's own" }),
    message: z.string(),
    hint: z.string().nullable().meta({ description: 'The way out, or null' }),
  }),
});

/** The body of every failed REST request. */
export type FailureDocument = DocumentOf<typeof failureSchema>;
