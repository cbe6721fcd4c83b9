import { FileModelInspector } from '@plimsoll/adapter-gguf';
import { VARIANT_BUILDER } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { QuantizeThenImportBuilder } from './quantize-then-import.js';

/**
 * Binds, after Ollama's own builder, the one that makes what Ollama cannot make. The embedded quantizer is loaded when
 * it is first used.
 */
export async function quantizeThenImportModule(modelsFolder: string): Promise<ContainerModule> {
  const [{ OLLAMA_API }, { OllamaVariantBuilder }] = await Promise.all([
    import('@plimsoll/adapter-ollama/inversify'),
    import('@plimsoll/adapter-ollama'),
  ]);
  return new ContainerModule(({ bind }) => {
    bind(VARIANT_BUILDER)
      .toResolvedValue(
        (api) =>
          new QuantizeThenImportBuilder(
            async () => {
              const { LlamaCppVariantBuilder } = await import('@plimsoll/adapter-llamacpp');
              return new LlamaCppVariantBuilder({ modelsFolder });
            },
            new OllamaVariantBuilder(api, { files: new FileModelInspector() }),
          ),
        [OLLAMA_API],
      )
      .inSingletonScope();
  });
}
