import { InvalidConfigError } from '@plimsoll/domain';
import type { BackendId, ModelInspector, Settings } from '@plimsoll/domain';
import type { ContainerModule } from 'inversify';
import { libraryNamesModule } from './library-names.js';
import { quantizeThenImportModule } from './quantize-then-import-module.js';

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
 * The adapters of the chosen backend; nothing of the others is imported.
 * @throws InvalidConfigError when the backend's address is missing
 */
export function backendModule(settings: BackendSettings): Promise<readonly ContainerModule[]> {
  return MODULES[settings.backend](settings);
}

const MODULES: Readonly<Record<BackendId, (settings: BackendSettings) => Promise<readonly ContainerModule[]>>> = {
  async embedded({ modelsFolder }) {
    const [{ llamaCppModule }, { FileModelInspector }] = await Promise.all([
      import('@plimsoll/adapter-llamacpp/inversify'),
      import('@plimsoll/adapter-gguf'),
    ]);
    return [llamaCppModule({ modelsFolder, inspector: new FileModelInspector() })];
  },
  async ollama({ ollamaHost, modelsFolder }) {
    const [{ ollamaModule }, { FileModelInspector }] = await Promise.all([
      import('@plimsoll/adapter-ollama/inversify'),
      import('@plimsoll/adapter-gguf'),
    ]);
    const library = async (): Promise<ModelInspector> => {
      const { OllamaLibrary } = await import('@plimsoll/adapter-gguf');
      return new OllamaLibrary();
    };
    const files = new FileModelInspector();
    return [
      ollamaModule({ host: ollamaHost, files }),
      await quantizeThenImportModule(modelsFolder),
      libraryNamesModule(library),
    ];
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
