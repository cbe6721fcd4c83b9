import { BOUNDS, TOKEN_PRIORITIES, TOKEN_SCOPES } from '@plimsoll/domain';
import type { Bounds, Settings } from '@plimsoll/domain';
import { z } from 'zod';
import type { DocumentOf } from '../document-of.js';
import { kvCacheSchema, levelSchema, presetSchema } from './parts.schema.js';

const within = ([least, most]: Bounds) => z.int().min(least).max(most);

const bits = z.literal([4, 8, 16]);

const overrideSchema = z.strictObject({
  level: levelSchema.optional(),
  bits: bits.optional(),
  enabled: z.boolean().optional(),
  kvCacheType: kvCacheSchema.optional(),
  contextTokens: within(BOUNDS.contextTokens).optional(),
  adapters: z
    .array(
      z.strictObject({
        path: z.string().min(1),
        scale: z.number().min(BOUNDS.adapterScale[0]).max(BOUNDS.adapterScale[1]),
      }),
    )
    .max(BOUNDS.adapters[1])
    .optional(),
});

/** Every setting but the secret ones, by its name in the program. */
export const settingFields = {
  backend: z.string(),
  model: z.string().nullable(),
  ollamaHost: z.string(),
  ollamaHosts: z.array(z.string()).max(BOUNDS.ollamaHosts[1]),
  openaiBaseUrl: z.string().nullable(),
  quantizationEnabled: z.boolean(),
  quantizationBits: bits,
  quantizationLevel: presetSchema.nullable(),
  naming: z.enum(['library', 'prefix']),
  modelOverrides: z.record(z.string(), overrideSchema),
  modelAliases: z.record(z.string(), z.string().min(1)),
  gpuMemoryLimitBytes: z.int().min(0).nullable(),
  usageSwitch: z.strictObject({ aboveUsage: z.number().gt(0).lt(1), toBits: bits }).nullable(),
  memoryMarginFraction: z.number().min(0).max(1),
  contextTokens: within(BOUNDS.contextTokens).nullable(),
  keyCacheType: kvCacheSchema,
  valueCacheType: kvCacheSchema,
  threads: within(BOUNDS.threads).nullable(),
  llamaServerPath: z.string().nullable(),
  llamaServerArguments: z.array(z.string()).max(BOUNDS.llamaServerArguments[1]),
  registryLookups: z.boolean(),
  modelsFolder: z.string(),
  storeFile: z.string(),
  http: z.strictObject({ host: z.string(), port: z.number().int().min(0).max(65_535) }),
  limits: z.strictObject({
    concurrentRequests: within(BOUNDS.concurrentRequests),
    waitingRequests: within(BOUNDS.waitingRequests),
    waitMs: z.int().min(1),
    bodyBytes: z.int().min(1),
    requestMs: z.int().min(1),
    requestsPerMinute: z.int().min(1).nullable(),
    concurrentPerClient: within(BOUNDS.concurrentRequests).nullable(),
  }),
  qualityThreshold: z.number().min(0).max(1).nullable(),
} satisfies Record<keyof Omit<Settings, 'openaiApiKey' | 'accessTokens'>, z.ZodType>;

/** A token without its hash. */
const tokenSchema = z.strictObject({
  name: z.string(),
  scopes: z.array(z.enum(TOKEN_SCOPES)),
  priority: z.enum(TOKEN_PRIORITIES),
  requestsPerMinute: z.int().nullable(),
  concurrent: z.int().nullable(),
});

/** Shape of `SettingsDocument`. */
export const settingsSchema = z.strictObject({
  schema: z.literal('plimsoll.settings/1'),
  /** The API key is shown only as whether there is one. */
  settings: z.strictObject({ ...settingFields, openaiApiKeySet: z.boolean(), accessTokens: z.array(tokenSchema) }),
  origins: z.partialRecord(
    z.enum([...(Object.keys(settingFields) as (keyof typeof settingFields)[]), 'openaiApiKey', 'accessTokens']),
    z.enum(['flag', 'environment', 'profile', 'file', 'default']),
  ),
  /** The file that is read and written. */
  path: z.string(),
  /** Active profile, or null. */
  profile: z.string().nullable(),
});

/** What `GET /settings` answers: what holds now, without secrets. */
export type SettingsDocument = DocumentOf<typeof settingsSchema>;
