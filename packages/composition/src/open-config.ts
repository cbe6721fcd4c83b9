import { createConfigStore, type ConfigStoreOptions, type FileConfigStore } from '@plimsoll/adapter-config';
import { BACKEND_IDS } from './find-backend.js';

/** The settings in a `config.json`, under flags and environment, with the backends that there are. */
export function openConfig(options: ConfigStoreOptions = {}): FileConfigStore {
  return createConfigStore({
    backends: BACKEND_IDS,
    // A file that somebody named and that is missing is a mistake, not a wish for the defaults.
    ...(options.path === undefined ? {} : { requireFile: true }),
    ...options,
  });
}
