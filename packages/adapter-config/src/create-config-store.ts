import { homeFolder } from '@plimsoll/local-models';
import { FileConfigStore } from './file-config-store.js';
import type { WatchOptions } from './files/watch-file.js';
import type { SavingFiles } from './files/write-atomically.js';
import type { Environment } from './layers/environment-layer.js';
import type { SettingFlags } from './layers/flag-layer.js';

/** How a store is set up; everything has a default. */
export interface ConfigStoreOptions {
  /** The file; found as the README says when absent. */
  readonly path?: string | undefined;
  /** Settings that win over everything else. */
  readonly flags?: SettingFlags | undefined;
  /**
   * Refuse to load when the file is missing; else the defaults hold. When absent, a file that `PLIMSOLL_CONFIG` names
   * must be there, and others need not.
   */
  readonly requireFile?: boolean | undefined;
  /** Ids of the backends that there are, so that others are refused; any is taken when absent. */
  readonly backends?: readonly string[] | undefined;
  readonly environment?: Environment | undefined;
  readonly homeFolder?: string | undefined;
  readonly workingFolder?: string | undefined;
  /** As in `process.platform`. */
  readonly platform?: string | undefined;
  readonly watching?: WatchOptions | undefined;
  readonly files?: SavingFiles | undefined;
}

/** Settings in a `config.json`, under flags and environment. */
export function createConfigStore(options: ConfigStoreOptions = {}): FileConfigStore {
  const environment = options.environment ?? process.env;
  const namedByEnvironment = options.path === undefined && (environment['PLIMSOLL_CONFIG'] ?? '') !== '';
  return new FileConfigStore({
    path: options.path ?? null,
    flags: options.flags ?? {},
    requireFile: options.requireFile ?? namedByEnvironment,
    backends: options.backends,
    environment,
    homeFolder: options.homeFolder ?? homeFolder(),
    workingFolder: options.workingFolder ?? process.cwd(),
    platform: options.platform ?? process.platform,
    watching: options.watching ?? {},
    files: options.files,
  });
}
