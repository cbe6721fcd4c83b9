import { DEFAULT_SERVICE_LIMITS, throwIfCancelled } from '@plimsoll/domain';
import type { CallOptions, ConfigStore, LoadedSettings, Settings, SettingsPatch } from '@plimsoll/domain';

/** Settings a test can start from. */
export const TEST_SETTINGS: Settings = {
  backend: 'embedded',
  model: null,
  ollamaHost: 'http://127.0.0.1:11434',
  ollamaHosts: [],
  openaiBaseUrl: null,
  openaiApiKey: null,
  quantizationEnabled: true,
  quantizationBits: 4,
  quantizationLevel: null,
  naming: 'library',
  modelOverrides: {},
  modelAliases: {},
  gpuMemoryLimitBytes: null,
  usageSwitch: null,
  llamaServerPath: null,
  llamaServerArguments: [],
  memoryMarginFraction: 0.1,
  contextTokens: null,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  threads: null,
  registryLookups: true,
  modelsFolder: 'models',
  storeFile: 'measurements.db',
  accessTokens: [],
  http: { host: '127.0.0.1', port: 0 },
  limits: DEFAULT_SERVICE_LIMITS,
  qualityThreshold: null,
};

/** A config store in memory. */
export class InMemoryConfigStore implements ConfigStore {
  #settings: Settings;
  #listeners = new Set<() => void>();

  constructor(settings: Partial<Settings> = {}) {
    this.#settings = { ...TEST_SETTINGS, ...settings };
  }

  async load({ signal }: CallOptions = {}): Promise<LoadedSettings> {
    refuseCancelled(signal);
    const origins = Object.fromEntries(
      Object.keys(this.#settings).map((key) => [key, 'default']),
    ) as LoadedSettings['origins'];
    return { settings: this.#settings, origins, path: 'memory', profile: null };
  }

  async save(patch: SettingsPatch, { signal }: CallOptions = {}): Promise<LoadedSettings> {
    refuseCancelled(signal);
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    this.#settings = { ...this.#settings, ...given };
    for (const listener of this.#listeners) listener();
    return this.load();
  }

  async *watch(options?: CallOptions): AsyncIterable<LoadedSettings> {
    const signal = options?.signal;
    while (!signal?.aborted) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#listeners.delete(wake);
          resolve();
        };
        this.#listeners.add(wake);
        signal?.addEventListener('abort', wake, { once: true });
      });
      if (!signal?.aborted) yield await this.load();
    }
  }
}

function refuseCancelled(signal: AbortSignal | undefined): void {
  throwIfCancelled(signal, 'The work on the settings was cancelled.');
}
