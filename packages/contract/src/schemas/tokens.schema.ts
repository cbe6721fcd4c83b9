import { TOKEN_PRIORITIES, TOKEN_SCOPES } from '@plimsoll/domain';
import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';

/** Shape of `TokensDocument`. */
export const tokensSchema = z.strictObject({
  schema: z.literal('plimsoll.tokens/1'),
  /** The file that keeps the hashes. */
  file: z.string(),
  /** The token that was made just now; it is shown this once. Null otherwise. */
  token: z.string().nullable(),
  tokens: z.array(
    z.strictObject({
      name: z.string(),
      scopes: z.array(z.enum(TOKEN_SCOPES)),
      priority: z.enum(TOKEN_PRIORITIES),
      requestsPerMinute: z.int().nullable(),
      concurrent: z.int().nullable(),
    }),
  ),
});

/** What `plimsoll token` prints with `--json`. */
export type TokensDocument = DocumentOf<typeof tokensSchema>;
