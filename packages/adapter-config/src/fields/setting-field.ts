import type { z } from 'zod';
import type { ValuePlace } from './file-place.js';
import type { FlatKey, FlatSettings } from './flat-settings.js';

/** One key of the file and the setting it fills. */
export interface SettingField {
  readonly setting: FlatKey;
  /** Dotted path in the file. */
  readonly path: string;
  /** Variables that set it, first one wins. */
  readonly environment: readonly string[];
  readonly description: string;
  /** What values are allowed, as a continuation of "allowed: ". */
  readonly allowed: string;
  /** Whether its value must not be shown. */
  readonly secret: boolean;
  /** What the file may hold. Made when a value is to be looked at: most settings have none. */
  readonly schema: () => z.ZodType;
  /** The setting that a value of the file means; the value has passed the schema. */
  readonly decode: (value: unknown, place: ValuePlace) => unknown;
  /** What the file holds for a setting. */
  readonly encode: (setting: unknown) => unknown;
}

interface FieldOptions<Key extends FlatKey, FileValue> {
  readonly setting: Key;
  readonly path: string;
  readonly environment?: readonly string[];
  readonly description: string;
  readonly allowed: string;
  readonly secret?: boolean;
  readonly schema: () => z.ZodType<FileValue>;
  readonly decode: (value: FileValue, place: ValuePlace) => FlatSettings[Key];
  readonly encode: (setting: FlatSettings[Key]) => FileValue;
}

/** Describes a key whose value in the file differs from the setting, such as megabytes and bytes. */
export function convertedField<Key extends FlatKey, FileValue>(options: FieldOptions<Key, FileValue>): SettingField {
  const { decode, encode, environment, secret, ...rest } = options;
  return {
    ...rest,
    environment: environment ?? [`PLIMSOLL_${(options.path.split('.').at(-1) ?? '').toUpperCase()}`],
    secret: secret ?? false,
    decode: (value, place) => decode(value as FileValue, place),
    encode: (setting) => encode(setting as FlatSettings[Key]),
  };
}

/** Describes a key whose value in the file is the setting. */
export function plainField<Key extends FlatKey>(
  options: Omit<FieldOptions<Key, FlatSettings[Key]>, 'decode' | 'encode'>,
): SettingField {
  return convertedField<Key, FlatSettings[Key]>({ ...options, decode: (value) => value, encode: (value) => value });
}
