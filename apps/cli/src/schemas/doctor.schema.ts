import { z } from 'zod';

/** What `plimsoll doctor` prints with `--json`. */
export interface DoctorDocument {
  readonly schema: 'plimsoll.doctor/1';
  /** Whether no finding is a problem. */
  readonly healthy: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly status: 'ok' | 'warning' | 'problem' | 'unknown';
    readonly message: string;
    /** What mends it, or null. */
    readonly hint: string | null;
  }[];
}

/** Shape of `DoctorDocument`. */
export const doctorSchema: z.ZodType<DoctorDocument> = z.strictObject({
  schema: z.literal('plimsoll.doctor/1'),
  healthy: z.boolean(),
  findings: z.array(
    z.strictObject({
      check: z.string(),
      status: z.enum(['ok', 'warning', 'problem', 'unknown']),
      message: z.string(),
      hint: z.string().nullable(),
    }),
  ),
});
