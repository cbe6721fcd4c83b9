import type { Settings, SettingsPatch } from '../settings/settings.js';
import type { CallOptions } from './abort-signal.js';

/** Where a setting's value came from. */
export type SettingOrigin = 'flag' | 'environment' | 'profile' | 'file' | 'default';

/** Settings as they hold now. */
export interface LoadedSettings {
  readonly settings: Settings;
  readonly origins: Readonly<Record<keyof Settings, SettingOrigin>>;
  /** The file that was read or would be written. */
  readonly path: string;
  /** Active profile, or null. */
  readonly profile: string | null;
  /** What looks like a mistake but does no harm, such as a misspelt key; for people. */
  readonly warnings?: readonly string[];
}

/** Loads, saves and watches the settings. */
export interface ConfigStore {
  /** @throws InvalidConfigError naming the path of the wrong value. */
  load(options?: CallOptions): Promise<LoadedSettings>;
  /** Writes the changed keys, atomically, and keeps everything else in the file as it was; cancelled, it has written nothing. */
  save(patch: SettingsPatch, options?: CallOptions): Promise<LoadedSettings>;
  /** Yields after every change of the file, also by other programs; invalid states are skipped. */
  watch(options?: CallOptions): AsyncIterable<LoadedSettings>;
}
