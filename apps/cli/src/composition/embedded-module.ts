import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { FOOTPRINT_ORACLE, LOGITS_SOURCE, MODEL_CATALOG, MODEL_RUNTIME, VARIANT_BUILDER } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { parseModelReference, type ModelCatalog } from '@plimsoll/domain';
import { FileVariants } from './file-variants.js';

/** How the engine is set up. */
export interface EmbeddedOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
}

/** Binds the embedded engine as backend. It is an ES module, which the bundle cannot import before it runs. */
export async function embeddedModule(options: EmbeddedOptions): Promise<ContainerModule> {
  const engine = await import('@plimsoll/adapter-llamacpp');
  return new ContainerModule(({ bind }) => {
    bind(MODEL_RUNTIME)
      .toResolvedValue(() => new engine.LlamaCppRuntime({ ...options, inspector: new FileModelInspector() }))
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue(() => catalog(new engine.LlamaCppCatalog({ ...options, inspector: new FileModelInspector() })))
      .inSingletonScope();
    bind(VARIANT_BUILDER)
      .toResolvedValue(() => new engine.LlamaCppVariantBuilder(options))
      .inSingletonScope();
    bind(LOGITS_SOURCE)
      .toResolvedValue(() => new engine.LlamaCppLogitsSource(options))
      .inSingletonScope();
    bind(FOOTPRINT_ORACLE)
      .toResolvedValue(() => new engine.LlamaCppFootprintOracle())
      .inSingletonScope();
  });
}

/** Names are looked up in the models folder; a path stands for itself. */
function catalog(named: ModelCatalog): ModelCatalog {
  const files = new FileVariants(new FileModelInspector());
  return {
    variants: (model, call) =>
      parseModelReference(model).kind === 'file' ? files.variants(model, call) : named.variants(model, call),
  };
}
