import type { MachineState, PrecisionProbe } from '@plimsoll/application';
import { LOGITS_SOURCE, TENSOR_QUANTIZER, VARIANT_BUILDER, type BackendDescriptor } from '@plimsoll/di';
import type { CallOptions, Settings, TypeSpeeds } from '@plimsoll/domain';
import { once } from './once.js';
import { precisionProbe, type PrecisionProbeOptions } from './precision-probe.js';
import type { Services } from './services.js';
import type { SharedUseCases } from './shared-use-cases.js';
import { typeSpeeds, type TypeSpeedsOptions } from './type-speeds.js';

/** What recipes are chosen with. */
export interface RecipeTools {
  /** What a recipe for a model is chosen with: makes files for a moment and measures them. */
  readonly precisionProbe: (
    options: Omit<PrecisionProbeOptions, 'builder' | 'tensors' | 'logits'>,
  ) => Promise<PrecisionProbe>;
  /** How fast types are multiplied here, for a model of so many weights; null where nothing is known. */
  readonly typeSpeeds: (
    weights: number,
    places: Pick<TypeSpeedsOptions, 'cache' | 'folder'>,
    options?: CallOptions,
  ) => Promise<TypeSpeeds | null>;
}

/** What the tools are made of. */
export interface RecipeToolsOptions {
  readonly services: Services;
  readonly settings: Settings;
  readonly shared: SharedUseCases;
  readonly backend: BackendDescriptor;
}

/** Makes the tools; the engine inside is opened when they are first used. */
export function recipeTools({ services, settings, shared, backend }: RecipeToolsOptions): RecipeTools {
  // Recipes are measured on the engine inside, whatever backend serves.
  const probeEngine = once(async () => {
    const [builder] = backend.runsFiles ? await services.getAll(VARIANT_BUILDER) : [];
    const [tensors, logits] = [await services.find(TENSOR_QUANTIZER), await services.find(LOGITS_SOURCE)];
    if (builder !== undefined && tensors !== null && logits !== null) return { builder, tensors, logits };
    const { LlamaCppLogitsSource, LlamaCppTensorQuantizer, LlamaCppVariantBuilder } =
      await import('@plimsoll/adapter-llamacpp');
    const folder = { modelsFolder: settings.modelsFolder };
    const opened = {
      builder: new LlamaCppVariantBuilder(folder),
      tensors: new LlamaCppTensorQuantizer(folder),
      logits: new LlamaCppLogitsSource(folder),
    };
    services.onClose(() => void Promise.allSettled(Object.values(opened).map((one) => one.close())));
    return opened;
  });
  return {
    precisionProbe: async (options) => precisionProbe({ ...options, ...(await probeEngine()) }),
    typeSpeeds: async (weights, places, options) => {
      const machine = async (): Promise<MachineState> => (await shared.devices()).read(options);
      return typeSpeeds(weights, { ...places, machine, isEmbedded: backend.id === 'embedded' }, options);
    },
  };
}
