import { isDeepStrictEqual } from 'node:util';
import type { ModelOverride } from '@plimsoll/domain';
import { flattenPatch } from './layers/flag-layer.js';
import type { SettingFlags } from './layers/flag-layer.js';
import { encodeOverrides, OVERRIDE_KEYS } from './fields/model-override-fields.js';
import { SETTING_FIELDS } from './fields/setting-fields.js';

/** One edit of the file: `value` undefined removes the key. */
export interface FileChange {
  readonly keys: readonly string[];
  readonly value: unknown;
}

/**
 * The edits that a change of settings means. Overrides of single models are compared with those that the caller
 * saw last, so that what another program wrote meanwhile for another model stays.
 */
export function fileChanges(
  patch: SettingFlags,
  seenOverrides: Readonly<Record<string, ModelOverride>>,
): readonly FileChange[] {
  const given = flattenPatch(patch);
  return SETTING_FIELDS.flatMap((field): readonly FileChange[] => {
    const setting = given[field.setting];
    if (setting === undefined) return [];
    const keys = field.path.split('.');
    if (field.setting !== 'modelOverrides') return [{ keys, value: field.encode(setting) }];
    return overrideChanges(keys, setting as Readonly<Record<string, ModelOverride>>, seenOverrides);
  });
}

function overrideChanges(
  keys: readonly string[],
  wanted: Readonly<Record<string, ModelOverride>>,
  seen: Readonly<Record<string, ModelOverride>>,
): readonly FileChange[] {
  const removed = Object.keys(seen).filter((model) => !Object.hasOwn(wanted, model));
  const before = encodeOverrides(seen);
  const changed = Object.entries(encodeOverrides(wanted)).flatMap(([model, entry]) =>
    OVERRIDE_KEYS.filter(({ key }) => !isDeepStrictEqual(entry[key], before[model]?.[key])).map(({ key }) => ({
      keys: [...keys, model, key],
      value: entry[key],
    })),
  );
  return [...removed.map((model) => ({ keys: [...keys, model], value: undefined })), ...changed];
}
