import { z } from 'zod';

/** One setting as it holds now. */
export interface SettingDocument {
  /** Dotted path in the configuration file. */
  readonly path: string;
  /** The value as the file would hold it; a secret reads `(hidden)`. */
  readonly value: unknown;
  readonly origin: 'flag' | 'environment' | 'profile' | 'file' | 'default';
  readonly description: string;
}

/** What `plimsoll config get`, `set` and `unset` print with `--json`. */
export interface ConfigDocument {
  readonly schema: 'plimsoll.config/1';
  /** The file that is read and written. */
  readonly file: string;
  /** Active profile, or null. */
  readonly profile: string | null;
  readonly settings: readonly SettingDocument[];
  readonly warnings: readonly string[];
}

/** What `plimsoll config validate` prints with `--json` for a valid file. A wrong one is an error. */
export interface ConfigValidateDocument {
  readonly schema: 'plimsoll.config-validate/1';
  readonly file: string;
  /** False when there is no file, so that only environment and defaults were checked. */
  readonly exists: boolean;
  readonly valid: true;
  readonly warnings: readonly string[];
}

/** What `plimsoll config path` prints with `--json`. */
export interface ConfigPathDocument {
  readonly schema: 'plimsoll.config-path/1';
  readonly file: string;
  readonly exists: boolean;
}

/** Shape of `ConfigDocument`. */
export const configSchema: z.ZodType<ConfigDocument> = z.strictObject({
  schema: z.literal('plimsoll.config/1'),
  file: z.string(),
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

/** Shape of `ConfigValidateDocument`. */
export const configValidateSchema: z.ZodType<ConfigValidateDocument> = z.strictObject({
  schema: z.literal('plimsoll.config-validate/1'),
  file: z.string(),
  exists: z.boolean(),
  valid: z.literal(true),
  warnings: z.array(z.string()),
});

/** Shape of `ConfigPathDocument`. */
export const configPathSchema: z.ZodType<ConfigPathDocument> = z.strictObject({
  schema: z.literal('plimsoll.config-path/1'),
  file: z.string(),
  exists: z.boolean(),
});
