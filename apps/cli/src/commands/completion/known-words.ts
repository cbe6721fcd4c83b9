import { SETTING_PATHS } from '@plimsoll/adapter-config';
import { deviceCatalogue, LEVEL_NAMES } from '@plimsoll/domain';

/** What flags may take, where any text is read and much of it refused. */
export const WORDS_OF_FLAGS: Readonly<Record<string, readonly string[]>> = {
  '--level': LEVEL_NAMES,
  '--levels': LEVEL_NAMES,
  '--reference': LEVEL_NAMES,
  '--to': LEVEL_NAMES,
  '--gpu': deviceCatalogue().map(({ name }) => name),
};

/** What arguments may be, by their name in the usage. */
export const WORDS_OF_ARGUMENTS: Readonly<Record<string, readonly string[]>> = { key: SETTING_PATHS };

/** The command that prints the models of the backend, one a line. */
export const LIST_MODELS = 'plimsoll models --names 2>/dev/null';
