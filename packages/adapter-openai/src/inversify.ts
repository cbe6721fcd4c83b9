import { MODEL_RUNTIME } from '@plimsoll/di';
import { ContainerModule } from 'inversify';
import { OpenAiModelRuntime } from './openai-model-runtime.js';
import type { OpenAiModelRuntimeOptions } from './openai-model-runtime.js';

/** Binds the runtime of an OpenAI-compatible server as the chosen backend. */
export function openAiModule(options: OpenAiModelRuntimeOptions): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(MODEL_RUNTIME)
      .toResolvedValue(() => new OpenAiModelRuntime(options), [])
      .inSingletonScope();
  });
}
