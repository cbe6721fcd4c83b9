import type { LoadedSettings, ModelOverride, SettingOrigin, Settings, SettingsPatch } from '@plimsoll/domain';
import { z } from 'zod';
import { kvCacheTypeSchema, levelSchema, wholeSchema, wholeWithin } from './field-schemas.js';

const bits = z.literal([4, 8, 16]);

const override: z.ZodType<ModelOverride> = z.strictObject({
  level: levelSchema.optional(),
  bits: bits.optional(),
  enabled: z.boolean().optional(),
  kvCacheType: kvCacheTypeSchema.optional(),
  contextTokens: wholeWithin('contextTokens').optional(),
});

/** Every setting but the secret one. */
const fields = {
  backend: z.string(),
  model: z.string().nullable(),
  ollamaHost: z.string(),
  openaiBaseUrl: z.string().nullable(),
  quantizationEnabled: z.boolean(),
  quantizationBits: bits,
  quantizationLevel: levelSchema.nullable(),
  naming: z.enum(['library', 'prefix']),
  modelOverrides: z.record(z.string(), override),
  gpuMemoryLimitBytes: wholeSchema.nullable(),
  memoryMarginFraction: z.number().min(0).max(1),
  contextTokens: wholeWithin('contextTokens').nullable(),
  keyCacheType: kvCacheTypeSchema,
  valueCacheType: kvCacheTypeSchema,
  threads: wholeWithin('threads').nullable(),
  registryLookups: z.boolean(),
  modelsFolder: z.string(),
  storeFile: z.string(),
  http: z.object({ host: z.string(), port: z.number().int().min(0).max(65_535) }),
  qualityThreshold: z.number().min(0).max(1).nullable(),
} satisfies Record<keyof Omit<Settings, 'openaiApiKey'>, z.ZodType>;

/** Settings as they are shown: the API key only as whether there is one. */
export interface ShownSettings {
  readonly settings: Omit<Settings, 'openaiApiKey'> & { readonly openaiApiKeySet: boolean };
  readonly origins: Readonly<Partial<Record<keyof Settings, SettingOrigin>>>;
  readonly path: string;
  readonly profile: string | null;
}

/** Describes the shown settings. What is not named here is not sent. */
export const shownSettingsSchema: z.ZodType<ShownSettings> = z.object({
  settings: z.object({ ...fields, openaiApiKeySet: z.boolean() }),
  origins: z.partialRecord(
    z.enum([...(Object.keys(fields) as (keyof typeof fields)[]), 'openaiApiKey']),
    z.enum(['flag', 'environment', 'profile', 'file', 'default']),
  ),
  path: z.string(),
  profile: z.string().nullable(),
});

/** A change of settings: what is given changes, the rest stays. */
export const settingsPatchSchema: z.ZodType<SettingsPatch> = z
  .strictObject({ ...fields, openaiApiKey: z.string().nullable() })
  .partial();

/** Settings as they are shown. */
export function shownSettings({ settings, origins, path, profile }: LoadedSettings): ShownSettings {
  const { openaiApiKey, ...shown } = settings;
  return { settings: { ...shown, openaiApiKeySet: openaiApiKey !== null }, origins, path, profile };
}
