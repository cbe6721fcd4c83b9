import type { CallOptions, ConfigStore, MeasurementStore, ModelRuntime, Settings } from '@plimsoll/domain';
import type { ReadDevices } from '../devices/read-devices.js';
import type { ChooseVariant } from '../variants/choose-variant.js';
import { checkDevices } from './check-devices.js';
import { checkStatistics } from './check-statistics.js';
import { findingFromError } from './finding.js';
import type { Finding } from './finding.js';

/** What a diagnosis looks at. */
export interface DiagnoseDependencies {
  readonly config: ConfigStore;
  readonly runtime: ModelRuntime;
  readonly devices: ReadDevices;
  readonly choose: ChooseVariant;
  readonly store: MeasurementStore;
  /** Further checks, such as that of resident models against their plans. */
  readonly checks?: readonly ((options?: CallOptions) => Promise<readonly Finding[]>)[];
}

/** Finds what is wrong: configuration, backend, missing variants, devices, heat, recorded failures. */
export class Diagnose {
  readonly #with: DiagnoseDependencies;

  constructor(dependencies: DiagnoseDependencies) {
    this.#with = dependencies;
  }

  /** All findings. A check that fails is a finding, never an exception; only a cancellation ends it. */
  async diagnose(options?: CallOptions): Promise<readonly Finding[]> {
    const settings = await this.#settings();
    if (!('settings' in settings)) return [settings];
    const checks = [
      () => this.#backend(options),
      () => this.#devices(settings.settings, options),
      () => this.#variant(settings.settings, options),
      () => this.#records(),
      ...(this.#with.checks ?? []).map((check) => () => check(options)),
    ];
    const findings = [settings.finding];
    for (const check of checks) findings.push(...(await check()));
    return findings;
  }

  async #settings(): Promise<Finding | { readonly settings: Settings; readonly finding: Finding }> {
    try {
      const { settings, path } = await this.#with.config.load();
      return {
        settings,
        finding: { check: 'config', status: 'ok', message: `The configuration is valid (${path}).`, hint: null },
      };
    } catch (error) {
      return findingFromError('config', 'problem', error);
    }
  }

  async #backend(options?: CallOptions): Promise<readonly Finding[]> {
    try {
      const { name, version, endpoint, testedUpTo } = await this.#with.runtime.info(options);
      const message = `${name}${version === null ? '' : ` ${version}`} answers${endpoint === null ? '' : ` at ${endpoint}`}.`;
      if (testedUpTo !== undefined) {
        const newer = `${message} Plimsoll was tested with ${name} up to ${testedUpTo}; this one is newer.`;
        const hint = 'If something fails with it, look for a newer Plimsoll, and report what you see.';
        return [{ check: 'backend', status: 'warning', message: newer, hint }];
      }
      return [{ check: 'backend', status: 'ok', message, hint: null }];
    } catch (error) {
      return [findingFromError('backend', 'problem', error)];
    }
  }

  async #devices(settings: Settings, options?: CallOptions): Promise<readonly Finding[]> {
    try {
      return checkDevices(await this.#with.devices.read(options), settings.gpuMemoryLimitBytes);
    } catch (error) {
      return [findingFromError('gpu', 'unknown', error)];
    }
  }

  async #variant(settings: Settings, options?: CallOptions): Promise<readonly Finding[]> {
    if (settings.model === null) {
      const hint = 'plimsoll config set ai.llm_model NAME';
      return [{ check: 'model', status: 'ok', message: 'No model is configured; commands name theirs.', hint }];
    }
    try {
      const { variant, level } = await this.#with.choose.choose(settings.model, {
        ...options,
        make: false,
        strict: true,
      });
      const message = `${settings.model} runs as ${variant}${level === null ? '' : ` (${level})`}.`;
      return [{ check: 'model', status: 'ok', message, hint: null }];
    } catch (error) {
      return [findingFromError('model', 'problem', error)];
    }
  }

  async #records(): Promise<readonly Finding[]> {
    try {
      const [statistics, recent] = await Promise.all([
        this.#with.store.aggregate(),
        this.#with.store.query({ limit: 100 }),
      ]);
      return checkStatistics(statistics, recent);
    } catch (error) {
      return [findingFromError('records', 'warning', error)];
    }
  }
}
