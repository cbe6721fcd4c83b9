import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';

/** Shape of `DoctorDocument`. */
export const doctorSchema = z.strictObject({
  schema: z.literal('plimsoll.doctor/1'),
  /** Whether no finding is a problem. */
  healthy: z.boolean(),
  findings: z.array(
    z.strictObject({
      check: z.string(),
      status: z.enum(['ok', 'warning', 'problem', 'unknown']),
      message: z.string(),
      /** What mends it, or null. */
      hint: z.string().nullable(),
    }),
  ),
});

/** What `plimsoll doctor` prints with `--json`. */
export type DoctorDocument = DocumentOf<typeof doctorSchema>;
