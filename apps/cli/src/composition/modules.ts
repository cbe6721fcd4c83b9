import {
  FOOTPRINT_ORACLE,
  GPU_PROBE,
  HOST_PROBE,
  LOGITS_SOURCE,
  MODEL_CATALOG,
  MODEL_RUNTIME,
  VARIANT_BUILDER,
} from '@plimsoll/di';
import { InvalidConfigError, type BackendId, type Settings } from '@plimsoll/domain';
import type { ContainerModule } from 'inversify';

/** Imports adapters and gives what they bind. */
export type ModuleLoader = () => Promise<readonly ContainerModule[]>;

/** Which adapters stand behind which token, by the settings. Nothing is imported before it is asked for. */
export function modulesFor(settings: Settings): ReadonlyMap<symbol, ModuleLoader> {
  const backend: ModuleLoader = () => BACKENDS[settings.backend](settings);
  const gpu: ModuleLoader = async () => {
    const { gpuModule } = await import('@plimsoll/adapter-gpu/inversify');
    return [gpuModule()];
  };
  return new Map<unknown, ModuleLoader>([
    [MODEL_RUNTIME, backend],
    [MODEL_CATALOG, backend],
    [VARIANT_BUILDER, backend],
    [LOGITS_SOURCE, backend],
    [FOOTPRINT_ORACLE, backend],
    [GPU_PROBE, gpu],
    [HOST_PROBE, gpu],
  ]) as ReadonlyMap<symbol, ModuleLoader>;
}

const BACKENDS: Readonly<Record<BackendId, (settings: Settings) => Promise<readonly ContainerModule[]>>> = {
  async embedded() {
    return [];
  },
  async ollama({ ollamaHost }) {
    const { ollamaModule } = await import('@plimsoll/adapter-ollama/inversify');
    return [ollamaModule({ host: ollamaHost })];
  },
  async openai({ openaiBaseUrl, openaiApiKey }) {
    if (openaiBaseUrl === null) {
      throw new InvalidConfigError('The backend is openai, but the address of the server is not set.', {
        hint: 'Set it: plimsoll config set ai.openai_base_url http://127.0.0.1:8080/v1',
      });
    }
    const { openAiModule } = await import('@plimsoll/adapter-openai/inversify');
    return [openAiModule({ baseUrl: openaiBaseUrl, apiKey: openaiApiKey })];
  },
};
