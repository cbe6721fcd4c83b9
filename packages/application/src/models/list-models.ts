import type { CallOptions, InstalledVariant, ModelRuntime, ResidentModel, RuntimeInfo } from '@plimsoll/domain';

/** An installed variant, with its residency when it is loaded. */
export interface ListedModel extends InstalledVariant {
  readonly resident: ResidentModel | null;
}

/** The models of the backend. */
export interface ModelList {
  readonly runtime: RuntimeInfo;
  readonly models: readonly ListedModel[];
}

/** Lists the models and variants of the backend, resident ones marked. */
export class ListModels {
  readonly #runtime: ModelRuntime;

  constructor(runtime: ModelRuntime) {
    this.#runtime = runtime;
  }

  async list(options?: CallOptions): Promise<ModelList> {
    const [runtime, variants, resident] = await Promise.all([
      this.#runtime.info(options),
      this.#runtime.list(options),
      this.#runtime.capabilities.residency ? this.#runtime.resident(options) : [],
    ]);
    const residentByName = new Map(resident.map((model) => [model.name, model]));
    const models = variants
      .map((variant) => ({ ...variant, resident: residentByName.get(variant.name) ?? null }))
      .sort((a, b) => a.name.localeCompare(b.name));
    return { runtime, models };
  }
}
