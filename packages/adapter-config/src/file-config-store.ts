import { InvalidInputError, isPlimsollError, throwIfCancelled } from '@plimsoll/domain';
import type {
  CallOptions,
  ConfigStore,
  LoadedSettings,
  ModelOverride,
  SettingOrigin,
  Settings,
  SettingsPatch,
} from '@plimsoll/domain';
import type { FlatKey } from './fields/flat-settings.js';
import { settingOf } from './fields/flat-settings.js';
import { SETTING_FIELDS } from './fields/setting-fields.js';
import { fileChanges } from './file-changes.js';
import type { FileChange } from './file-changes.js';
import { applyChanges, holdsSecret, whereItHolds } from './config-edits.js';
import { findConfigPath } from './files/config-path.js';
import { withFileLock } from './files/file-lock.js';
import { parseConfigText, readConfigText } from './files/read-config.js';
import { realTarget } from './files/real-target.js';
import { storageError } from './files/storage-error.js';
import { watchFile } from './files/watch-file.js';
import type { WatchOptions } from './files/watch-file.js';
import { writeAtomically } from './files/write-atomically.js';
import type { SavingFiles } from './files/write-atomically.js';
import { interpretConfig } from './interpret-config.js';
import type { ConfigContext } from './interpret-config.js';
import { valueAt } from './layers/document-layer.js';
import { parseText } from './layers/parse-text.js';
import { activeProfile } from './layers/profile.js';
import { parseSettingPath } from './setting-path.js';

/** What a store is made of. */
export interface FileConfigStoreOptions extends ConfigContext {
  readonly watching: WatchOptions;
  /** File operations of saving; Node's unless a test replaces them. */
  readonly files: SavingFiles | undefined;
}

/** One setting as `plimsoll config` shows it. */
export interface SettingEntry {
  /** Dotted path in the file. */
  readonly path: string;
  /** The value as the file would hold it. A secret reads `(hidden)`. */
  readonly value: unknown;
  readonly origin: SettingOrigin;
  readonly description: string;
}

/** Settings in a `config.json`, under flags and environment. Make one with `createConfigStore`. */
export class FileConfigStore implements ConfigStore {
  readonly #options: FileConfigStoreOptions;
  #seenOverrides: Readonly<Record<string, ModelOverride>> = {};
  /** Text that was interpreted last; undefined before. */
  #seenText: string | null | undefined = undefined;
  #saving: Promise<unknown> = Promise.resolve();

  constructor(options: FileConfigStoreOptions) {
    this.#options = options;
  }

  async load({ signal }: CallOptions = {}): Promise<LoadedSettings> {
    refuseCancelled(signal);
    const path = await this.path();
    const text = await readConfigText(path);
    refuseCancelled(signal);
    return this.#interpret(path, text);
  }

  /** A key that the active profile sets is changed there, so that the change takes effect. */
  async save(patch: SettingsPatch, { signal }: CallOptions = {}): Promise<LoadedSettings> {
    const changes = fileChanges(patch, this.#seenOverrides);
    return this.#edit(changes, signal);
  }

  /** Starts from what was loaded last: a change between `load` and `watch` is told too. */
  watch(options: CallOptions = {}): AsyncIterable<LoadedSettings> {
    return this.#changesSince(this.#seenText, options.signal);
  }

  async *#changesSince(start: string | null | undefined, signal?: AbortSignal): AsyncGenerator<LoadedSettings, void> {
    const path = await this.path();
    let seen = start === undefined ? await readConfigText(path).catch(() => null) : start;
    const looks = watchFile(path, signal, this.#options.watching);
    try {
      do {
        const text = await readConfigText(path).catch(() => seen);
        if (text === seen) continue;
        seen = text;
        const loaded = this.#tryInterpret(path, text);
        if (loaded !== null) yield loaded;
      } while ((await looks.next()).done !== true);
    } finally {
      await looks.return();
    }
  }

  /** The file that is read and written. */
  async path(): Promise<string> {
    return findConfigPath(this.#options);
  }

  /** All settings by path, as they hold now. */
  async entries(): Promise<readonly SettingEntry[]> {
    const { settings, origins } = await this.load();
    return SETTING_FIELDS.map((field) => {
      const value = field.encode(flatValue(settings, field.setting));
      return {
        path: field.path,
        value: field.secret && value !== null ? '(hidden)' : value,
        origin: origins[settingOf(field.setting)],
        description: field.description,
      };
    });
  }

  /**
   * The value at a dotted path as it holds now; null when it is not set.
   * @throws InvalidInputError when there is no such setting.
   */
  async get(path: string): Promise<SettingEntry> {
    const { field, inside, keys } = parseSettingPath(path);
    if (keys[0] === 'profiles') return this.#inFile(path, keys, field.description, field.secret);
    const entry = (await this.entries()).find((one) => one.path === field.path);
    if (entry === undefined) throw new InvalidInputError(`There is no setting ${path}.`);
    return { ...entry, path, value: inside.length === 0 ? entry.value : (valueAt(entry.value, inside) ?? null) };
  }

  /**
   * Sets the value at a dotted path in the file from a text, such as `4`, `true`, `none` or a name. A key that the
   * active profile sets is changed there, so that the change takes effect.
   * @throws InvalidInputError when there is no such setting or the text is not allowed for it.
   */
  async set(path: string, text: string): Promise<LoadedSettings> {
    const { schema, allowed, keys } = parseSettingPath(path);
    const value = parseText(schema(), text);
    if (value === undefined) throw new InvalidInputError(`${path} cannot be "${text}"; allowed: ${allowed}.`);
    return this.#edit([{ keys, value }]);
  }

  /** Removes the value at a dotted path from where it takes effect: the active profile, or else the file. */
  async unset(path: string): Promise<LoadedSettings> {
    const { keys } = parseSettingPath(path);
    return this.#edit([{ keys, value: undefined }]);
  }

  async #inFile(path: string, keys: readonly string[], description: string, secret: boolean): Promise<SettingEntry> {
    const file = await this.path();
    const value = valueAt(parseConfigText((await readConfigText(file)) ?? '', file), keys) ?? null;
    return { path, value: secret && value !== null ? '(hidden)' : value, origin: 'profile', description };
  }

  #interpret(path: string, text: string | null): LoadedSettings {
    const loaded = interpretConfig(path, text, this.#options);
    this.#seenOverrides = loaded.settings.modelOverrides;
    this.#seenText = text;
    return loaded;
  }

  #tryInterpret(path: string, text: string | null): LoadedSettings | null {
    return this.#failureOf(path, text) === null ? this.#interpret(path, text) : null;
  }

  #failureOf(path: string, text: string | null): Error | null {
    try {
      interpretConfig(path, text, this.#options);
      return null;
    } catch (error) {
      if (isPlimsollError(error)) return error;
      throw error;
    }
  }

  /** Whether the file holds an API key for another address than the one that is set now: nobody else may get it. */
  #isKeyOrphaned(path: string, before: string | null, after: string, wanted: readonly FileChange[]): boolean {
    if (wanted.some(({ keys }) => keys.slice(-API_KEY.length).join('.') === API_KEY.join('.'))) return false;
    if (this.#failureOf(path, before) !== null || this.#failureOf(path, after) !== null) return false;
    const [old, now] = [before, after].map((text) => interpretConfig(path, text, this.#options));
    const key = now?.origins.openaiApiKey;
    const [from, to] = [old, now].map((loaded) => originOf(loaded?.settings.openaiBaseUrl ?? null));
    return (key === 'file' || key === 'profile') && from !== null && from !== to;
  }

  /** Reads, changes and writes the file while nobody else does. A result that would not load is not written. */
  async #edit(wanted: readonly FileChange[], signal?: AbortSignal): Promise<LoadedSettings> {
    const edit = async (): Promise<LoadedSettings> => {
      refuseCancelled(signal);
      const path = await this.path();
      // The lock and the new file belong beside the real file, not beside a link to it.
      const target = await realTarget(path);
      try {
        return await withFileLock(target, async () => {
          const before = await readConfigText(target);
          const document = parseConfigText(before ?? '', path);
          const profile = activeProfile(document, this.#options.environment, path);
          const changes = wanted.map((change) => whereItHolds(change, document, profile?.name ?? null));
          const edited = await applyChanges(before, changes);
          const orphaned = holdsSecret(document) && this.#isKeyOrphaned(path, before, edited, wanted);
          const after = orphaned
            ? await applyChanges(edited, [
                whereItHolds({ keys: API_KEY, value: undefined }, document, profile?.name ?? null),
              ])
            : edited;
          // A file with several mistakes is mended one by one: fewer than before may be written.
          const failure = this.#failureOf(path, after);
          if (failure !== null && mistakes(failure) >= mistakes(this.#failureOf(path, before))) throw failure;
          const secret = holdsSecret(parseConfigText(after, path));
          refuseCancelled(signal);
          if (after !== before) await writeAtomically(target, after, secret, this.#options.files);
          if (failure !== null) throw failure;
          const loaded = this.#interpret(path, after);
          return orphaned ? { ...loaded, warnings: [...(loaded.warnings ?? []), KEY_REMOVED] } : loaded;
        });
      } catch (error) {
        throw isPlimsollError(error) ? error : storageError('written', path, error);
      }
    };
    const turn = this.#saving.then(edit, edit);
    this.#saving = turn.catch(() => undefined);
    return turn;
  }
}

/** @throws CancelledError */
function refuseCancelled(signal: AbortSignal | undefined): void {
  throwIfCancelled(signal, 'The work on the settings was cancelled.');
}

const API_KEY: readonly string[] = ['ai', 'openai_api_key'];

const KEY_REMOVED =
  'ai.openai_api_key was removed: it was for the address that was set before. Set the key of the new one.';

/** Scheme, host and port of an address; null when there is none. */
function originOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).origin : null;
}

/** Each wrong value has a line of its own in the message. */
function mistakes(failure: Error | null): number {
  return failure === null ? 0 : failure.message.split('\n').length;
}

function flatValue(settings: Settings, key: FlatKey): unknown {
  if (key === 'httpHost') return settings.http.host;
  if (key === 'httpPort') return settings.http.port;
  return settings[key];
}
