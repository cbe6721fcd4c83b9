import { z } from 'zod';

/** What `plimsoll serve` prints with `--json` as soon as it listens. */
export interface ServeDocument {
  readonly schema: 'plimsoll.serve/1';
  /** Where it listens, such as `http://127.0.0.1:11435`. */
  readonly url: string;
}

/** Shape of `ServeDocument`. */
export const serveSchema: z.ZodType<ServeDocument> = z.strictObject({
  schema: z.literal('plimsoll.serve/1'),
  url: z.url(),
});
