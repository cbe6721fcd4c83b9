import type { CallOptions, ConfigStore, MeasurementStore, ModelRuntime, Settings } from '@plimsoll/domain';
import type { ReadDevices } from '../devices/read-devices.js';
import type { ChooseVariant } from '../variants/choose-variant.js';
import { checkDevices } from './check-devices.js';
import { checkStatistics } from './check-statistics.js';
import { finding, findingFromError } from './finding.js';
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
      () => this.#records(options),
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
        finding: finding('config', 'ok', { kind: 'config-valid', path }),
      };
    } catch (error) {
      return findingFromError('config', 'problem', error);
    }
  }

  async #backend(options?: CallOptions): Promise<readonly Finding[]> {
    try {
      const { name, version, endpoint, testedUpTo, silent: addresses = [] } = await this.#with.runtime.info(options);
      const fact = { kind: 'backend-answers', name, version, endpoint, testedUpTo: testedUpTo ?? null } as const;
      const answers = finding('backend', testedUpTo === undefined ? 'ok' : 'warning', fact);
      if (addresses.length === 0) return [answers];
      return [answers, finding('backend', 'warning', { kind: 'servers-silent', addresses })];
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
    const { model } = settings;
    if (model === null) {
      const choose = { kind: 'change-setting', path: 'ai.llm_model', value: 'NAME' } as const;
      return [finding('model', 'ok', { kind: 'no-model-configured' }, choose)];
    }
    try {
      const { variant, level } = await this.#with.choose.choose(model, {
        ...options,
        make: false,
        strict: true,
      });
      return [finding('model', 'ok', { kind: 'model-runs-as', model, variant, level })];
    } catch (error) {
      return [findingFromError('model', 'problem', error)];
    }
  }

  async #records(options?: CallOptions): Promise<readonly Finding[]> {
    try {
      const [statistics, recent] = await Promise.all([
        this.#with.store.aggregate({}, options),
        this.#with.store.query({ limit: 100 }, options),
      ]);
      return checkStatistics(statistics, recent);
    } catch (error) {
      return [findingFromError('records', 'warning', error)];
    }
  }
}
