import { InvalidInputError } from '@plimsoll/domain';
import { OVERRIDE_KEYS } from './fields/model-override-fields.js';
import { nearMiss } from './fields/near-miss.js';
import type { SettingField } from './fields/setting-field.js';
import { SETTING_FIELDS, fieldAt } from './fields/setting-fields.js';
import type { z } from 'zod';

/** One value that a dotted path names. */
export interface SettingPath {
  readonly field: SettingField;
  /** Keys inside the field's value: model name and key of `ai.model_overrides`, else empty. */
  readonly inside: readonly string[];
  /** Keys from the top of the file. */
  readonly keys: readonly string[];
  readonly schema: () => z.ZodType;
  readonly allowed: string;
}

const OVERRIDES = 'ai.model_overrides';

/**
 * Reads a path such as `ai.quantization_bits`, `ai.model_overrides.llama3.1:8b.quantization_bits` or
 * `profiles.production.ai.quantization_bits`. Model names keep their dots.
 * @throws InvalidInputError when nothing is there, with the path that was probably meant.
 */
export function parseSettingPath(path: string): SettingPath {
  const [, profile, rest = path] = /^profiles\.([^.]+)\.(.+)$/u.exec(path) ?? [];
  const before = profile === undefined ? [] : ['profiles', profile];
  const override = rest.startsWith(`${OVERRIDES}.`) ? parseOverride(rest) : null;
  if (override !== null) return { ...override, keys: [...before, ...override.keys] };
  const field = fieldAt(rest);
  if (field === null) throw unknownPath(path, rest);
  const { schema, allowed } = field;
  return { field, inside: [], keys: [...before, ...rest.split('.')], schema, allowed };
}

function parseOverride(path: string): SettingPath | null {
  const field = fieldAt(OVERRIDES);
  const rest = path.slice(OVERRIDES.length + 1);
  const known = OVERRIDE_KEYS.find(({ key }) => rest.endsWith(`.${key}`) && rest.length > key.length + 1);
  if (field === null || known === undefined) return null;
  const inside = [rest.slice(0, -known.key.length - 1), known.key];
  const { schema, allowed } = known;
  return { field, inside, keys: [...OVERRIDES.split('.'), ...inside], schema, allowed };
}

function unknownPath(path: string, rest: string): InvalidInputError {
  const known = SETTING_FIELDS.map((field) => field.path);
  const names = known.map((name) => name.split('.').at(-1) ?? '');
  const bare = nearMiss(rest.split('.').at(-1) ?? '', names);
  const meant = nearMiss(rest, known) ?? (bare === null ? null : (known[names.indexOf(bare)] ?? null));
  return new InvalidInputError(`There is no setting ${path}.`, {
    hint: meant === null ? `Settings: ${known.join(', ')}.` : `Did you mean ${meant}?`,
  });
}
