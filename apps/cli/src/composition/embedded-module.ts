import { FileModelInspector } from '@plimsoll/adapter-gguf';
import {
  LlamaCppFootprintOracle,
  LlamaCppLogitsSource,
  LlamaCppRuntime,
  LlamaCppVariantBuilder,
} from '@plimsoll/adapter-llamacpp';
import { FOOTPRINT_ORACLE, LOGITS_SOURCE, MODEL_CATALOG, MODEL_RUNTIME, VARIANT_BUILDER } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { FileVariants } from './file-variants.js';

/** Binds the embedded engine as backend. */
export function embeddedModule(options: { readonly modelsFolder: string }): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MODEL_RUNTIME)
      .toResolvedValue(() => new LlamaCppRuntime({ ...options, inspector: new FileModelInspector() }))
      .inSingletonScope();
    bind(MODEL_CATALOG).toConstantValue(new FileVariants(new FileModelInspector()));
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
