import type { CallOptions, ConfigStore, LoadedSettings, SettingsPatch } from '@plimsoll/domain';

/** Settings whose changes stay in this process; the file beneath is read but never written. */
export class OverlayConfigStore implements ConfigStore {
  readonly #base: ConfigStore;
  #patch: SettingsPatch = {};

  constructor(base: ConfigStore) {
    this.#base = base;
  }

  async load(options?: CallOptions): Promise<LoadedSettings> {
    return this.#overlay(await this.#base.load(options));
  }

  async save(patch: SettingsPatch, options?: CallOptions): Promise<LoadedSettings> {
    // A call that was cancelled changes nothing.
    await this.#base.load(options);
    const given = Object.entries(patch).filter(([, value]) => value !== undefined);
    this.#patch = { ...this.#patch, ...Object.fromEntries(given) };
    return this.load(options);
  }

  async *watch(options?: CallOptions): AsyncIterable<LoadedSettings> {
    for await (const loaded of this.#base.watch(options)) yield this.#overlay(loaded);
  }

  #overlay(loaded: LoadedSettings): LoadedSettings {
    const changes = Object.entries(this.#patch).filter(([, value]) => value !== undefined);
    return {
      ...loaded,
      settings: { ...loaded.settings, ...Object.fromEntries(changes) },
      origins: { ...loaded.origins, ...Object.fromEntries(changes.map(([key]) => [key, 'flag' as const])) },
    };
  }
}
