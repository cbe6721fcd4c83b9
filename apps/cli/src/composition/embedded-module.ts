import { FileModelInspector } from '@plimsoll/adapter-gguf';
import {
  LlamaCppCatalog,
  LlamaCppFootprintOracle,
  LlamaCppLogitsSource,
  LlamaCppRuntime,
  LlamaCppVariantBuilder,
} from '@plimsoll/adapter-llamacpp';
import { FOOTPRINT_ORACLE, LOGITS_SOURCE, MODEL_CATALOG, MODEL_RUNTIME, VARIANT_BUILDER } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { parseModelReference, type ModelCatalog } from '@plimsoll/domain';
import { FileVariants } from './file-variants.js';

/** How the engine is set up. */
export interface EmbeddedOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
}

/** Binds the embedded engine as backend. */
export function embeddedModule(options: EmbeddedOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MODEL_RUNTIME)
      .toResolvedValue(() => new LlamaCppRuntime({ ...options, inspector: new FileModelInspector() }))
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue(() => catalog(options))
      .inSingletonScope();
    bind(VARIANT_BUILDER)
      .toResolvedValue(() => new LlamaCppVariantBuilder(options))
      .inSingletonScope();
    bind(LOGITS_SOURCE)
      .toResolvedValue(() => new LlamaCppLogitsSource(options))
      .inSingletonScope();
    bind(FOOTPRINT_ORACLE)
      .toResolvedValue(() => new LlamaCppFootprintOracle())
      .inSingletonScope();
  });
}

/** Names are looked up in the models folder; a path stands for itself. */
function catalog(options: EmbeddedOptions): ModelCatalog {
  const inspector = new FileModelInspector();
  const named = new LlamaCppCatalog({ ...options, inspector });
  const files = new FileVariants(inspector);
  return {
    variants: (model, call) =>
      parseModelReference(model).kind === 'file' ? files.variants(model, call) : named.variants(model),
  };
}
