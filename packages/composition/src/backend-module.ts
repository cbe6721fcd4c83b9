import { InvalidConfigError } from '@plimsoll/domain';
import type { BackendId, Settings } from '@plimsoll/domain';
import type { ContainerModule } from 'inversify';

/** The settings that decide which backend there is; a change of one of them opens another. */
export type BackendSettings = Pick<
  Settings,
  'backend' | 'ollamaHost' | 'openaiBaseUrl' | 'openaiApiKey' | 'modelsFolder'
>;

/** Takes the settings that decide on the backend out of all. */
export function backendSettings(settings: Settings): BackendSettings {
  const { backend, ollamaHost, openaiBaseUrl, openaiApiKey, modelsFolder } = settings;
  return { backend, ollamaHost, openaiBaseUrl, openaiApiKey, modelsFolder };
}

/**
 * The adapter of the chosen backend; nothing of the others is imported.
 * @throws InvalidConfigError when the backend's address is missing
 */
export function backendModule(settings: BackendSettings): Promise<ContainerModule> {
  return MODULES[settings.backend](settings);
}

const MODULES: Readonly<Record<BackendId, (settings: BackendSettings) => Promise<ContainerModule>>> = {
  async embedded({ modelsFolder }) {
    const [{ llamaCppModule }, { FileModelInspector }] = await Promise.all([
      import('@plimsoll/adapter-llamacpp/inversify'),
      import('@plimsoll/adapter-gguf'),
    ]);
    return llamaCppModule({ modelsFolder, inspector: new FileModelInspector() });
  },
  async ollama({ ollamaHost }) {
    const [{ ollamaModule }, { FileModelInspector }] = await Promise.all([
      import('@plimsoll/adapter-ollama/inversify'),
      import('@plimsoll/adapter-gguf'),
    ]);
    return ollamaModule({ host: ollamaHost, files: new FileModelInspector() });
  },
  async openai({ openaiBaseUrl, openaiApiKey }) {
    if (openaiBaseUrl === null) {
      throw new InvalidConfigError('The backend is openai, but the address of the server is not set.', {
        hint: 'Set it: plimsoll config set ai.openai_base_url http://127.0.0.1:8080/v1',
      });
    }
    const { openAiModule } = await import('@plimsoll/adapter-openai/inversify');
    return openAiModule({ baseUrl: openaiBaseUrl, apiKey: openaiApiKey });
  },
};
