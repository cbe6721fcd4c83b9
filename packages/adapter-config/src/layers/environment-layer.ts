import type { ValuePlace } from '../fields/file-place.js';
import { nearMiss } from '../fields/near-miss.js';
import { SETTING_FIELDS } from '../fields/setting-fields.js';
import type { SettingField } from '../fields/setting-field.js';
import type { Layer } from './layer.js';
import { parseText } from './parse-text.js';

/** Variables; an empty one counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

const OTHER_VARIABLES = ['PLIMSOLL_CONFIG', 'PLIMSOLL_PROFILE'];

/** The values of the environment. */
export function environmentLayer(environment: Environment, place: ValuePlace): Layer {
  const variableOf = ({ environment: names }: SettingField): string | undefined =>
    names.find((name) => (environment[name] ?? '') !== '');
  return {
    origin: 'environment',
    name: 'the environment',
    place,
    valueOf: (field) => {
      const text = environment[variableOf(field) ?? ''];
      return text === undefined ? undefined : (parseText(field.schema(), text) ?? text);
    },
    pathOf: (field) => variableOf(field) ?? field.path,
    problems: [],
  };
}

/** Warnings about `PLIMSOLL_` variables that look like misspelt ones. */
export function misspeltVariables(environment: Environment): string[] {
  const known = [...OTHER_VARIABLES, ...SETTING_FIELDS.flatMap((field) => field.environment)];
  return Object.keys(environment)
    .filter((name) => name.startsWith('PLIMSOLL_') && !known.includes(name))
    .flatMap((name) => {
      const meant = nearMiss(name, known);
      return meant === null ? [] : [`${name} is not a known variable; did you mean ${meant}?`];
    });
}
