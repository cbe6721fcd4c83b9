import type { Settings, SettingsPatch } from '@plimsoll/domain';
import type { ValuePlace } from '../fields/file-place.js';
import type { FlatSettings } from '../fields/flat-settings.js';
import type { Layer } from './layer.js';

/** Settings given on a command line or in code: only what is given counts. */
export type SettingFlags = Omit<SettingsPatch, 'http'> & { readonly http?: Partial<Settings['http']> | undefined };

/** The values of flags. */
export function flagLayer(flags: SettingFlags, place: ValuePlace): Layer {
  const given = flattenPatch(flags);
  return {
    origin: 'flag',
    name: 'the flags',
    place,
    valueOf: (field) => {
      const setting = given[field.setting];
      return setting === undefined ? undefined : field.encode(setting);
    },
    pathOf: ({ setting }) => setting,
    problems: [],
  };
}

/** A change of settings with its nested groups spread. */
export function flattenPatch({ http, ...rest }: SettingFlags): {
  readonly [Key in keyof FlatSettings]?: FlatSettings[Key] | undefined;
} {
  return { ...rest, httpHost: http?.host, httpPort: http?.port };
}
