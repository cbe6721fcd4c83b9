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

/** Warnings about keys that look like misspelt ones. Other unknown keys belong to other programs and stay silent. */
export function misspeltKeys(document: Record<string, unknown>, prefix = ''): string[] {
  const warnings = warnAbout(Object.keys(document), [...SECTIONS, 'profiles'], prefix);
  for (const section of SECTIONS) {
    const known = SETTING_FIELDS.filter(({ path }) => path.startsWith(`${section}.`));
    const keys = known.map(({ path }) => path.slice(section.length + 1));
    warnings.push(...warnAbout(Object.keys(asObject(document[section]) ?? {}), keys, `${prefix}${section}.`));
  }
  const overrides = asObject(valueAt(document, ['ai', 'model_overrides'])) ?? {};
  for (const [model, entry] of Object.entries(overrides)) {
    const keys = OVERRIDE_KEYS.map(({ key }) => key);
    warnings.push(...warnAbout(Object.keys(asObject(entry) ?? {}), keys, `${prefix}ai.model_overrides.${model}.`));
  }
  for (const [name, profile] of Object.entries(asObject(document['profiles']) ?? {})) {
    if (prefix === '') warnings.push(...misspeltKeys(asObject(profile) ?? {}, `profiles.${name}.`));
  }
  return warnings;
}

function warnAbout(keys: readonly string[], known: readonly string[], prefix: string): string[] {
  return keys.flatMap((key) => {
    const meant = known.includes(key) ? null : nearMiss(key, known);
    return meant === null ? [] : [`${prefix}${key} is not a known key; did you mean ${prefix}${meant}?`];
  });
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
