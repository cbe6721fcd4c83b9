import { createConfigStore, type FileConfigStore, type SettingFlags } from '@plimsoll/adapter-config';
import { BACKEND_IDS } from '@plimsoll/composition/find-backend';
import type { CommandContext } from '../commands/command-context.js';

/** How the configuration is opened. */
export interface OpenConfigOptions {
  /** The file named on the command line. */
  readonly file?: string | undefined;
  /** Whether a named file may be missing, because it is about to be written. */
  readonly mayBeMissing?: boolean | undefined;
  /** Settings from flags. */
  readonly settings?: SettingFlags | undefined;
}

/** The configuration that a command works with: flags, environment, profile, file, defaults. */
export function openConfigStore(context: CommandContext, options: OpenConfigOptions = {}): FileConfigStore {
  const { file, mayBeMissing = false, settings = {} } = options;
  return createConfigStore({
    environment: context.env,
    flags: settings,
    backends: BACKEND_IDS,
    // A file that was named on the command line and is missing is a mistake, not a wish for the defaults.
    ...(file === undefined ? {} : { path: file, requireFile: true }),
    ...(mayBeMissing ? { requireFile: false } : {}),
  });
}
