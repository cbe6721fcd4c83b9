import type { SettingOrigin } from '@plimsoll/domain';
import type { ValuePlace } from '../fields/file-place.js';
import { OVERRIDE_KEYS } from '../fields/model-override-fields.js';
import { nearMiss } from '../fields/near-miss.js';
import { SETTING_FIELDS } from '../fields/setting-fields.js';
import type { ConfigProblem } from './describe-problem.js';
import type { Layer } from './layer.js';

/** Names of the sections that hold settings. */
const SECTIONS: readonly string[] = [...new Set(SETTING_FIELDS.map(({ path }) => path.split('.')[0] ?? ''))];

/** The values of the file, or of one profile in it (`prefix` is then `profiles.name.`). */
export function documentLayer(
  document: Record<string, unknown>,
  options: { origin: SettingOrigin; file: string; prefix: string; place: ValuePlace },
): Layer {
  const { origin, file, prefix, place } = options;
  return {
    origin,
    name: file,
    place,
    valueOf: ({ path }) => valueAt(document, path.split('.')),
    pathOf: ({ path }) => prefix + path,
    problems: SECTIONS.filter((name) => document[name] !== undefined && asObject(document[name]) === null).map(
      (name): ConfigProblem => ({
        path: prefix + name,
        place: file,
        value: document[name],
        allowed: 'an object',
        secret: false,
      }),
    ),
  };
}

/** Unknown keys that are looked at: a file of a megabyte may hold a hundred thousand. */
const MOST_UNKNOWN = 1000;

/** Warnings about keys that look like misspelt ones. Other unknown keys belong to other programs and stay silent. */
export function misspeltKeys(document: Record<string, unknown>): string[] {
  const warnings: string[] = [];
  let looked = 0;
  for (const { key, known, prefix } of unknownKeys(document)) {
    looked += 1;
    if (looked > MOST_UNKNOWN) break;
    const meant = nearMiss(key, known);
    if (meant !== null) warnings.push(`${prefix}${key} is not a known key; did you mean ${prefix}${meant}?`);
  }
  return warnings;
}

/** A key that is not known, and those that are at its place. */
interface UnknownKey {
  readonly key: string;
  readonly known: readonly string[];
  readonly prefix: string;
}

function* unknownKeys(document: Record<string, unknown>, prefix = ''): Generator<UnknownKey, void, void> {
  yield* unknownAmong(document, [...SECTIONS, 'profiles'], prefix);
  for (const section of SECTIONS) {
    const known = SETTING_FIELDS.filter(({ path }) => path.startsWith(`${section}.`));
    const keys = known.map(({ path }) => path.slice(section.length + 1));
    yield* unknownAmong(document[section], keys, `${prefix}${section}.`);
  }
  const overrides = asObject(valueAt(document, ['ai', 'model_overrides'])) ?? {};
  const overrideKeys = OVERRIDE_KEYS.map(({ key }) => key);
  for (const [model, entry] of Object.entries(overrides)) {
    yield* unknownAmong(entry, overrideKeys, `${prefix}ai.model_overrides.${model}.`);
  }
  if (prefix !== '') return;
  for (const [name, profile] of Object.entries(asObject(document['profiles']) ?? {})) {
    yield* unknownKeys(asObject(profile) ?? {}, `profiles.${name}.`);
  }
}

function* unknownAmong(value: unknown, known: readonly string[], prefix: string): Generator<UnknownKey, void, void> {
  for (const key of Object.keys(asObject(value) ?? {})) if (!known.includes(key)) yield { key, known, prefix };
}

/** The value at a path of objects, or undefined. */
export function valueAt(document: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    const object = asObject(inner);
    return object !== null && Object.hasOwn(object, key) ? object[key] : undefined;
  }, document);
}

/** A value as an object, or null when it is none. */
export function asObject(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
