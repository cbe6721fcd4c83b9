import type { BuildMethod, Level } from '@plimsoll/domain';
import { z } from 'zod';
import { bytesSchema, durationSchema, levelSchema } from './parts.schema.js';

/** What `plimsoll quantize` prints with `--json`. */
export interface QuantizeDocument {
  readonly schema: 'plimsoll.quantize/1';
  readonly model: string;
  readonly level: Level;
  /** True: nothing was written, `sizeBytes` says what would be. */
  readonly dryRun: boolean;
  /** Name of the result as the backend knows it; null for a dry run. */
  readonly name: string | null;
  /** File on this machine, or null. */
  readonly path: string | null;
  readonly method: BuildMethod | null;
  readonly sizeBytes: number | null;
  readonly digest: string | null;
  readonly durationMs: number;
}

/** Shape of `QuantizeDocument`. */
export const quantizeSchema: z.ZodType<QuantizeDocument> = z.strictObject({
  schema: z.literal('plimsoll.quantize/1'),
  model: z.string(),
  level: levelSchema,
  dryRun: z.boolean(),
  name: z.string().nullable(),
  path: z.string().nullable(),
  method: z.enum(['pull', 'create', 'quantize', 'import']).nullable(),
  sizeBytes: bytesSchema.nullable(),
  digest: z.string().nullable(),
  durationMs: durationSchema,
});
