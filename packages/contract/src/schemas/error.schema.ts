import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';

/** Shape of `ErrorDocument`. */
export const errorSchema = z.strictObject({
  schema: z.literal('plimsoll.error/1'),
  /** A stable code, such as `model-not-found`; `unexpected` for a defect of the program. */
  code: z.string(),
  message: z.string(),
  /** The way out, or null. */
  hint: z.string().nullable(),
  exitCode: z.int(),
});

/** What stderr gets, on one line, when a command with `--json` fails. Stdout then stays empty. */
export type ErrorDocument = DocumentOf<typeof errorSchema>;
