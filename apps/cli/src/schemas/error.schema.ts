import { z } from 'zod';

/** What stderr gets, on one line, when a command with `--json` fails. Stdout then stays empty. */
export interface ErrorDocument {
  readonly schema: 'plimsoll.error/1';
  /** A stable code, such as `model-not-found`; `unexpected` for a defect of the program. */
  readonly code: string;
  readonly message: string;
  /** The way out, or null. */
  readonly hint: string | null;
  readonly exitCode: number;
}

/** Shape of `ErrorDocument`. */
export const errorSchema: z.ZodType<ErrorDocument> = z.strictObject({
  schema: z.literal('plimsoll.error/1'),
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  exitCode: z.int(),
});
