import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';

/** Shape of `ServeDocument`. */
export const serveSchema = z.strictObject({
  schema: z.literal('plimsoll.serve/1'),
  /** Where it listens, such as `http://127.0.0.1:11435`. */
  url: z.url(),
});

/** What `plimsoll serve` prints with `--json` as soon as it listens. */
export type ServeDocument = DocumentOf<typeof serveSchema>;
