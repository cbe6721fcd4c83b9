import { InvalidInputError } from '@plimsoll/domain';
import type { Bits, ConfigStore, EventBus, LoadedSettings, Settings, SettingsPatch } from '@plimsoll/domain';

/** The quantization part of the settings: the founding `get_quantization_settings()`. */
export interface QuantizationSettings {
  readonly enabled: boolean;
  readonly bits: Bits;
  readonly level: Settings['quantizationLevel'];
}

const BITS: readonly number[] = [4, 8, 16] satisfies readonly Bits[];

/** Reads and changes settings; every change is saved and told to the running process. */
export class ManageSettings {
  readonly #config: ConfigStore;
  readonly #bus: EventBus;

  constructor(config: ConfigStore, bus: EventBus) {
    this.#config = config;
    this.#bus = bus;
  }

  async load(): Promise<LoadedSettings> {
    return this.#config.load();
  }

  async update(patch: SettingsPatch): Promise<LoadedSettings> {
    const loaded = await this.#config.save(patch);
    this.#bus.publish({ type: 'settings-changed', settings: loaded.settings });
    return loaded;
  }

  async quantization(): Promise<QuantizationSettings> {
    const { settings } = await this.#config.load();
    return {
      enabled: settings.quantizationEnabled,
      bits: settings.quantizationBits,
      level: settings.quantizationLevel,
    };
  }

  /**
   * Turns quantization on or off and chooses the bits: the founding `set_quantization(enable, bits)`.
   * A level that was set by name is cleared when bits are given, since it would win over them.
   * @throws InvalidInputError for bits other than 4, 8 and 16.
   */
  async setQuantization(enabled: boolean, bits?: number): Promise<QuantizationSettings> {
    if (bits !== undefined && !BITS.includes(bits)) {
      throw new InvalidInputError(`${bits} is no bit width: allowed are ${BITS.join(', ')}.`, {
        hint: 'Other levels are set by their names.',
        remedies: [{ kind: 'change-setting', path: 'ai.quantization_level', value: 'Q5_K_M' }],
      });
    }
    await this.update({
      quantizationEnabled: enabled,
      ...(bits === undefined ? {} : { quantizationBits: bits as Bits, quantizationLevel: null }),
    });
    return this.quantization();
  }
}
