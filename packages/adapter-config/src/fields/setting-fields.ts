import type { Bits, UsageSwitch } from '@plimsoll/domain';
import { z } from 'zod';
import { decodeTokens, encodeTokens, tokensSchema } from './access-token-fields.js';
import { AI_FIELDS } from './ai-fields.js';
import { absolutePath } from './file-place.js';
import { ALLOWED_LIMITS, decodeLimits, encodeLimits, limitsSchema } from './service-limit-fields.js';
import { convertedField, plainField } from './setting-field.js';
import type { SettingField } from './setting-field.js';

const text = (): z.ZodString => z.string().min(1);

/** Every key of the file. The keys of the founding format come first and keep their names and meanings. */
export const SETTING_FIELDS: readonly SettingField[] = [
  ...AI_FIELDS,
  convertedField<'usageSwitch', { above_usage: number; to_bits: Bits } | null>({
    setting: 'usageSwitch',
    path: 'governor.switch',
    environment: ['PLIMSOLL_GOVERNOR_SWITCH'],
    description: 'At which use of a memory the models that are served go to how many bits.',
    allowed: 'an object such as { "to_bits": 4, "above_usage": 0.8 }, or null for the usual lines alone',
    schema: () =>
      z
        .strictObject({ above_usage: z.number().gt(0).lt(1), to_bits: z.literal([4, 8, 16] satisfies Bits[]) })
        .nullable(),
    decode: (value): UsageSwitch | null =>
      value === null ? null : { aboveUsage: value.above_usage, toBits: value.to_bits },
    encode: (setting) => (setting === null ? null : { above_usage: setting.aboveUsage, to_bits: setting.toBits }),
  }),
  convertedField({
    setting: 'storeFile',
    path: 'store.file',
    environment: ['PLIMSOLL_STORE_FILE'],
    description: 'Database file with the measurements. Relative paths start at the file.',
    allowed: 'a path',
    schema: text,
    decode: absolutePath,
    encode: (setting) => setting,
  }),
  convertedField({
    setting: 'accessTokens',
    path: 'http.tokens',
    environment: [],
    description: 'Tokens of clients of `plimsoll serve`, by their hashes; `plimsoll token add` makes one.',
    allowed: 'a list of entries with name, sha256, scopes, and optionally priority, requests_per_minute, concurrent',
    secret: true,
    schema: tokensSchema,
    decode: decodeTokens,
    encode: encodeTokens,
  }),
  plainField({
    setting: 'httpHost',
    path: 'http.host',
    environment: ['PLIMSOLL_HTTP_HOST'],
    description: 'Address that the server listens on.',
    allowed: 'a host name or address',
    schema: text,
  }),
  plainField({
    setting: 'httpPort',
    path: 'http.port',
    environment: ['PLIMSOLL_HTTP_PORT'],
    description: 'Port that the server listens on; 0 takes a free one.',
    allowed: 'a whole number from 0 to 65535',
    schema: () => z.int().min(0).max(65535),
  }),
  convertedField({
    setting: 'limits',
    path: 'http.limits',
    environment: ['PLIMSOLL_HTTP_LIMITS'],
    description: 'What clients may ask of the server: requests at once, waiting and per minute, sizes and times.',
    allowed: ALLOWED_LIMITS,
    schema: limitsSchema,
    decode: decodeLimits,
    encode: encodeLimits,
  }),
];

/** The keys of the file where the backends are known: others are refused. */
export function fieldsWith(backends: readonly string[] | undefined): readonly SettingField[] {
  if (backends === undefined) return SETTING_FIELDS;
  const allowed = backends
    .map((id) => JSON.stringify(id))
    .join(', ')
    .replace(/, ([^,]*)$/u, ' or $1');
  return SETTING_FIELDS.map((field) =>
    field.setting === 'backend' ? { ...field, allowed, schema: () => z.enum([...backends]) } : field,
  );
}

/** The field at a dotted path, or null. */
export function fieldAt(path: string): SettingField | null {
  return SETTING_FIELDS.find((field) => field.path === path) ?? null;
}

/** The dotted paths of all settings, as `plimsoll config` takes them. */
export const SETTING_PATHS: readonly string[] = SETTING_FIELDS.map(({ path }) => path);
