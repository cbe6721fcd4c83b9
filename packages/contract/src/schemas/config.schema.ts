import type { DocumentOf } from '../document-of.js';
import { z } from 'zod';

/** Shape of `ConfigDocument`. */
export const configSchema = z.strictObject({
  schema: z.literal('plimsoll.config/1'),
  /** The file that is read and written. */
  file: z.string(),
  /** Active profile, or null. */
  profile: z.string().nullable(),
  settings: z.array(
    z.strictObject({
      path: z.string(),
      value: z.unknown(),
      origin: z.enum(['flag', 'environment', 'profile', 'file', 'default']),
      description: z.string(),
    }),
  ),
  warnings: z.array(z.string()),
});

/** What `plimsoll config get`, `set` and `unset` print with `--json`. */
export type ConfigDocument = DocumentOf<typeof configSchema>;

/** Shape of `ConfigValidateDocument`. */
export const configValidateSchema = z.strictObject({
  schema: z.literal('plimsoll.config-validate/1'),
  file: z.string(),
  /** False when there is no file, so that only environment and defaults were checked. */
  exists: z.boolean(),
  valid: z.literal(true),
  warnings: z.array(z.string()),
});

/** What `plimsoll config validate` prints with `--json` for a valid file. A wrong one is an error. */
export type ConfigValidateDocument = DocumentOf<typeof configValidateSchema>;

/** Shape of `ConfigPathDocument`. */
export const configPathSchema = z.strictObject({
  schema: z.literal('plimsoll.config-path/1'),
  file: z.string(),
  exists: z.boolean(),
});

/** What `plimsoll config path` prints with `--json`. */
export type ConfigPathDocument = DocumentOf<typeof configPathSchema>;
