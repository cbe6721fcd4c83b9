import { MODEL_CATALOG, MODEL_RUNTIME, VARIANT_BUILDER } from '@plimsoll/di';
import type { VariantBuilder } from '@plimsoll/domain';
import { FolderCatalog } from '@plimsoll/local-models';
import { ContainerModule } from 'inversify';
import { LlamaServerRuntime } from './llama-server-runtime.js';
import type { LlamaServerRuntimeOptions } from './llama-server-runtime.js';

/** What is bound beside the servers. */
export interface LlamaServerModuleOptions extends LlamaServerRuntimeOptions {
  /** Makes variants in the models folder. */
  readonly builder: VariantBuilder;
}

/** Binds managed llama-servers as model runtime, the models folder as catalogue, and the builder. */
export function llamaServerModule({ builder, ...options }: LlamaServerModuleOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MODEL_RUNTIME)
      .toResolvedValue(() => new LlamaServerRuntime(options))
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue(() => new FolderCatalog(options))
      .inSingletonScope();
    bind(VARIANT_BUILDER)
      .toResolvedValue(() => builder)
      .inSingletonScope();
  });
}
