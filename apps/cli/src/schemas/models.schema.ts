import type { Level } from '@plimsoll/domain';
import { z } from 'zod';
import { bytesSchema, levelSchema, timeSchema } from './parts.schema.js';

/** What `plimsoll models` prints with `--json`. */
export interface ModelsDocument {
  readonly schema: 'plimsoll.models/1';
  readonly backend: {
    readonly id: string;
    readonly name: string;
    readonly version: string | null;
    /** Address, or null for the engine inside the program. */
    readonly endpoint: string | null;
  };
  readonly models: readonly {
    readonly name: string;
    readonly level: Level | null;
    readonly sizeBytes: number | null;
    readonly digest: string | null;
    readonly architecture: string | null;
    readonly parameterSize: string | null;
    /** Milliseconds since 1970. */
    readonly modifiedAtMs: number | null;
    readonly path: string | null;
    /** Null when it is not loaded. */
    readonly resident: {
      readonly sizeBytes: number | null;
      readonly deviceBytes: number | null;
      readonly contextTokens: number | null;
      readonly expiresAtMs: number | null;
    } | null;
  }[];
}

/** Shape of `ModelsDocument`. */
export const modelsSchema: z.ZodType<ModelsDocument> = z.strictObject({
  schema: z.literal('plimsoll.models/1'),
  backend: z.strictObject({
    id: z.string(),
    name: z.string(),
    version: z.string().nullable(),
    endpoint: z.string().nullable(),
  }),
  models: z.array(
    z.strictObject({
      name: z.string(),
      level: levelSchema.nullable(),
      sizeBytes: bytesSchema.nullable(),
      digest: z.string().nullable(),
      architecture: z.string().nullable(),
      parameterSize: z.string().nullable(),
      modifiedAtMs: timeSchema.nullable(),
      path: z.string().nullable(),
      resident: z
        .strictObject({
          sizeBytes: bytesSchema.nullable(),
          deviceBytes: bytesSchema.nullable(),
          contextTokens: z.int().nullable(),
          expiresAtMs: timeSchema.nullable(),
        })
        .nullable(),
    }),
  ),
});
