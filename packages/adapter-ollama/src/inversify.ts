import { MODEL_CATALOG, MODEL_INSPECTOR, MODEL_RUNTIME, VARIANT_BUILDER } from '@plimsoll/di';
import type { ModelInspector } from '@plimsoll/domain';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { OllamaVariantBuilder, type OllamaVariantBuilderOptions } from './builder/ollama-variant-builder.js';
import { OllamaCatalog } from './catalog/ollama-catalog.js';
import { OllamaRegistry, type OllamaRegistryOptions } from './catalog/ollama-registry.js';
import { OllamaInspector } from './inspector/ollama-inspector.js';
import { OllamaApi } from './ollama-api.js';
import type { OllamaOptions } from './ollama-options.js';
import { OllamaRuntime } from './runtime/ollama-runtime.js';

/** The one connection that all of them share. */
export const OLLAMA_API: ServiceIdentifier<OllamaApi> = Symbol.for('@plimsoll/adapter-ollama/OllamaApi');

/** The server, and what else to use. */
export interface OllamaModuleOptions extends OllamaOptions {
  /** The library to ask for variants that are not installed; null asks nobody. Default: Ollama's own. */
  readonly registry?: OllamaRegistryOptions | null | undefined;
  /** Reads GGUF files on this machine. */
  readonly files?: ModelInspector | undefined;
  /** Quantizes GGUF files on this machine, for levels that the server does not make. */
  readonly quantizer?: OllamaVariantBuilderOptions['quantizer'];
}

/** Binds Ollama as model runtime, catalogue, variant builder, and as one of the inspectors. */
export function ollamaModule(options: OllamaModuleOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    const registry = options.registry === null ? null : new OllamaRegistry(options.registry);
    const { files, quantizer } = options;
    const builderOptions = { registry: registry ?? undefined, files, quantizer };
    bind(OLLAMA_API)
      .toResolvedValue(() => new OllamaApi(options))
      .inSingletonScope()
      .onDeactivation(async (api) => {
        await Promise.all([api.close(), registry?.close()]);
      });
    bind(MODEL_RUNTIME)
      .toResolvedValue((api) => new OllamaRuntime(api), [OLLAMA_API])
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue((api) => new OllamaCatalog(api, registry), [OLLAMA_API])
      .inSingletonScope();
    bind(MODEL_INSPECTOR)
      .toResolvedValue((api) => new OllamaInspector(api, files), [OLLAMA_API])
      .inSingletonScope();
    bind(VARIANT_BUILDER)
      .toResolvedValue((api) => new OllamaVariantBuilder(api, builderOptions), [OLLAMA_API])
      .inSingletonScope();
  });
}
