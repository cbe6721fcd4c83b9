import type { SettingOrigin } from '@plimsoll/domain';
import type { ValuePlace } from '../fields/file-place.js';
import type { FlatKey, FlatSettings } from '../fields/flat-settings.js';
import { OVERRIDE_KEYS } from '../fields/model-override-fields.js';
import type { SettingField } from '../fields/setting-field.js';
import type { ConfigProblem } from './describe-problem.js';

/** Values from one source, in the form of the file. */
export interface Layer {
  readonly origin: SettingOrigin;
  /** What messages call the source. */
  readonly name: string;
  readonly place: ValuePlace;
  /** The value for a field, or undefined. */
  readonly valueOf: (field: SettingField) => unknown;
  /** What messages call the field in this source. */
  readonly pathOf: (field: SettingField) => string;
  /** What is wrong beyond single values. */
  readonly problems: readonly ConfigProblem[];
}

/** Settings merged from layers. */
export interface MergedSettings {
  readonly flat: FlatSettings;
  readonly origins: ReadonlyMap<FlatKey, SettingOrigin>;
  readonly problems: readonly ConfigProblem[];
}

/** Lays the layers over the defaults, the strongest layer last. Every layer is checked, also where a stronger one wins. */
export function mergeLayers(
  defaults: FlatSettings,
  layers: readonly Layer[],
  fields: readonly SettingField[],
): MergedSettings {
  const flat: Record<string, unknown> = { ...defaults };
  const origins = new Map<FlatKey, SettingOrigin>();
  const problems = layers.flatMap((layer) => layer.problems);
  for (const layer of layers) {
    for (const field of fields) {
      const value = layer.valueOf(field);
      if (value === undefined) continue;
      const wrong = checkValue(field, value, layer);
      problems.push(...wrong);
      if (wrong.length > 0) continue;
      flat[field.setting] = field.decode(value, layer.place);
      origins.set(field.setting, layer.origin);
    }
  }
  return { flat: flat as unknown as FlatSettings, origins, problems };
}

function checkValue(field: SettingField, value: unknown, layer: Layer): ConfigProblem[] {
  const result = field.schema().safeParse(value);
  if (result.success) return [];
  const paths = result.error.issues.map(({ path }) => path.map(String));
  const different = [...new Map(paths.map((path) => [path.join('\n'), path])).values()];
  return different.map((path) => ({
    path: [layer.pathOf(field), ...path].join('.'),
    place: layer.name,
    value: path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value),
    allowed: allowedAt(field, path),
    secret: field.secret,
  }));
}

/** Inside `ai.model_overrides` the message tells what the one key allows. */
function allowedAt(field: SettingField, path: readonly string[]): string {
  if (path.length === 0) return field.allowed;
  if (path.length === 1) return 'an object';
  return OVERRIDE_KEYS.find(({ key }) => key === path[1])?.allowed ?? field.allowed;
}
