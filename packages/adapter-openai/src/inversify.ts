import { LOGITS_SOURCE, MODEL_CATALOG, MODEL_RUNTIME } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { LlamaServerLogitsSource } from './logits/llama-server-logits-source.js';
import { OpenAiModelCatalog } from './openai-model-catalog.js';
import { OpenAiModelRuntime } from './openai-model-runtime.js';
import type { OpenAiModelRuntimeOptions } from './openai-model-runtime.js';

/** Binds an OpenAI-compatible server as model runtime, catalogue and, where it is a llama-server, logits source. */
export function openAiModule(options: OpenAiModelRuntimeOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MODEL_RUNTIME)
      .toResolvedValue(() => new OpenAiModelRuntime(options), [])
      .inSingletonScope();
    bind(MODEL_CATALOG)
      .toResolvedValue((runtime) => new OpenAiModelCatalog(runtime), [MODEL_RUNTIME])
      .inSingletonScope();
    bind(LOGITS_SOURCE)
      .toResolvedValue(() => new LlamaServerLogitsSource(options), [])
      .inSingletonScope();
  });
}
