import { resolveQuantization } from '@plimsoll/domain';
import type { MeasurementStore, ModelOverride } from '@plimsoll/domain';
import { DEFAULT_QUALITY_THRESHOLD } from '../comparison/verdict.js';
import type { ManageSettings } from '../settings/manage-settings.js';
import { proposeSettings } from './propose-settings.js';
import type { SettingsProposal } from './propose-settings.js';

/** Records of each kind that are looked at: the newest. */
const RECORDS = 5000;

/** Proposes settings of single models from what was measured, and writes them when the user agrees. */
export class ProposeForModels {
  readonly #store: MeasurementStore;
  readonly #settings: ManageSettings;

  constructor(store: MeasurementStore, settings: ManageSettings) {
    this.#store = store;
    this.#settings = settings;
  }

  /** Proposals for all models that were measured, or for one. Changes nothing. */
  async propose(model?: string): Promise<readonly SettingsProposal[]> {
    const { settings } = await this.#settings.load();
    const [qualities, speeds] = await Promise.all([
      this.#store.query({ model, kind: 'quality', limit: RECORDS }),
      this.#store.query({ model, kind: 'speed', limit: RECORDS }),
    ]);
    return proposeSettings([...qualities, ...speeds], settings, settings.qualityThreshold ?? DEFAULT_QUALITY_THRESHOLD);
  }

  /** Writes proposals to the configuration, each under its model's name; what else is set there stays. */
  async apply(proposals: readonly SettingsProposal[]): Promise<void> {
    if (proposals.length === 0) return;
    const { settings } = await this.#settings.load();
    const changed = proposals.map(({ model, override }): readonly [string, ModelOverride] => {
      // A key of its own hides a pattern's, so what that one says is taken along.
      const { overrideKey } = resolveQuantization(settings, model);
      return [model, { ...(overrideKey === null ? {} : settings.modelOverrides[overrideKey]), ...override }];
    });
    const modelOverrides: Record<string, ModelOverride> = {
      ...settings.modelOverrides,
      ...Object.fromEntries(changed),
    };
    await this.#settings.update({ modelOverrides });
  }
}
