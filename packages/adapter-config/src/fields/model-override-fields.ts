import { BOUNDS, KV_CACHE_TYPES, LEVEL_NAMES, parseLevel, parseVariantLevel } from '@plimsoll/domain';
import type { ModelOverride } from '@plimsoll/domain';
import { z } from 'zod';
import { absolutePath } from './file-place.js';
import type { ValuePlace } from './file-place.js';

/** One key of a model's entry in `ai.model_overrides`. */
export interface OverrideKey {
  readonly key: string;
  readonly setting: keyof ModelOverride;
  readonly allowed: string;
  readonly schema: () => z.ZodType;
}

/** Levels are written in any case, as everywhere; `read` says which there are. */
export const levelSchema = (read: (text: string) => unknown = parseLevel): z.ZodType<string> =>
  z
    .string()
    .refine((text) => read(text) !== null)
    .meta({ examples: [...LEVEL_NAMES] });

/** How the allowed levels are said. */
export const ALLOWED_LEVELS: string = `one of ${LEVEL_NAMES.join(', ')}`;

/** How the allowed KV cache types are said. */
export const ALLOWED_CACHE_TYPES: string = `one of ${KV_CACHE_TYPES.join(', ')}`;

type AdapterEntry = string | { readonly path: string; readonly scale: number };

const adaptersSchema = (): z.ZodType<readonly AdapterEntry[]> =>
  z
    .array(
      z.union([
        z.string().min(1),
        z.strictObject({
          path: z.string().min(1),
          scale: z.number().min(BOUNDS.adapterScale[0]).max(BOUNDS.adapterScale[1]).default(1),
        }),
      ]),
    )
    .max(BOUNDS.adapters[1]);

/** The keys of one model's entry. */
export const OVERRIDE_KEYS: readonly OverrideKey[] = [
  { key: 'enable_quantization', setting: 'enabled', allowed: 'true or false', schema: () => z.boolean() },
  { key: 'quantization_bits', setting: 'bits', allowed: '4, 8 or 16', schema: () => z.literal([4, 8, 16]) },
  {
    key: 'quantization_level',
    setting: 'level',
    allowed: `${ALLOWED_LEVELS}, or a recipe such as mixed-4.50bpw`,
    schema: () => levelSchema(parseVariantLevel),
  },
  { key: 'kv_cache_type', setting: 'kvCacheType', allowed: ALLOWED_CACHE_TYPES, schema: () => z.enum(KV_CACHE_TYPES) },
  {
    key: 'context_tokens',
    setting: 'contextTokens',
    allowed: `a whole number of tokens from ${BOUNDS.contextTokens.join(' to ')}`,
    schema: () => z.int().min(BOUNDS.contextTokens[0]).max(BOUNDS.contextTokens[1]),
  },
  {
    key: 'lora_adapters',
    setting: 'adapters',
    allowed: 'a list of files, or of objects with "path" and "scale"',
    schema: adaptersSchema,
  },
];

/** Entries by model name. */
export const overridesSchema = (): z.ZodType<Record<string, Record<string, unknown>>> =>
  z.record(
    z.string(),
    z.looseObject(Object.fromEntries(OVERRIDE_KEYS.map(({ key, schema }) => [key, schema().optional()]))),
  );

/** How single keys are read; the others are what they are in the file. */
const DECODERS: Readonly<Record<string, (value: unknown, place: ValuePlace) => unknown>> = {
  level: (value) => parseVariantLevel(String(value)),
  adapters: (value, place) =>
    adaptersSchema()
      .parse(value)
      .map((adapter) => (typeof adapter === 'string' ? { path: adapter, scale: 1 } : adapter))
      .map(({ path, scale }) => ({ path: absolutePath(path, place), scale })),
};

/** Reads the entries of the file, which have passed the schema. */
export function decodeOverrides(
  entries: Record<string, Record<string, unknown>>,
  place: ValuePlace,
): Record<string, ModelOverride> {
  return Object.fromEntries(Object.entries(entries).map(([model, entry]) => [model, decodeOverride(entry, place)]));
}

function decodeOverride(entry: Record<string, unknown>, place: ValuePlace): ModelOverride {
  const known = OVERRIDE_KEYS.filter(({ key }) => entry[key] !== undefined);
  return Object.fromEntries(
    known.map(({ key, setting }) => [setting, DECODERS[setting]?.(entry[key], place) ?? entry[key]]),
  );
}

/** What the file holds for overrides. */
export function encodeOverrides(
  overrides: Readonly<Record<string, ModelOverride>>,
): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(overrides).map(([model, override]) => [
      model,
      Object.fromEntries(
        OVERRIDE_KEYS.filter(({ setting }) => override[setting] !== undefined).map(({ key, setting }) => [
          key,
          override[setting],
        ]),
      ),
    ]),
  );
}
