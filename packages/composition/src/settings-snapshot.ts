import type { CallOptions, ConfigStore, LoadedSettings, Settings, SettingsPatch } from '@plimsoll/domain';

/**
 * Settings that are read once: a command needs no more, and a program that stays follows the changes of the file. Until
 * they change they are the same object.
 */
export class SettingsSnapshot implements ConfigStore {
  readonly #base: ConfigStore;
  readonly #end = new AbortController();
  #current: Promise<LoadedSettings> | null = null;
  #following: Promise<void> = Promise.resolve();
  /** Whether what was read counts until it changes. */
  #isCurrent = true;

  constructor(base: ConfigStore) {
    this.#base = base;
  }

  load(): Promise<LoadedSettings> {
    if (!this.#isCurrent) return this.#base.load();
    if (this.#current === null) {
      const reading = this.#base.load();
      this.#current = reading;
      reading.catch(() => {
        if (this.#current === reading) this.#current = null;
      });
    }
    return this.#current;
  }

  async save(patch: SettingsPatch): Promise<LoadedSettings> {
    return this.#take(await this.#base.save(patch));
  }

  watch(options?: CallOptions): AsyncIterable<LoadedSettings> {
    return this.#base.watch(options);
  }

  /** Follows the file until `close`, and calls back with what it became. Where that fails, it is read each time. */
  follow(onChange: (settings: Settings) => void): void {
    const { signal } = this.#end;
    const following = async (): Promise<void> => {
      try {
        for await (const loaded of this.#base.watch({ signal })) {
          const before = await this.#current;
          const now = await this.#take(loaded);
          if (before !== null && now !== before) onChange(now.settings);
        }
      } catch {
        this.#isCurrent = false;
      }
    };
    this.#following = following();
  }

  /** Ends following. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#following;
  }

  /** What is as it was stays the same object. */
  async #take(loaded: LoadedSettings): Promise<LoadedSettings> {
    const before = await this.#current?.catch(() => null);
    const isSame = before !== undefined && before !== null && JSON.stringify(before) === JSON.stringify(loaded);
    const now = isSame ? before : loaded;
    this.#current = Promise.resolve(now);
    return now;
  }
}
