import { headerCache, type HeaderCacheOptions } from '@plimsoll/adapter-gguf';
import { MODEL_INSPECTOR, REMOTE_CATALOG } from '@plimsoll/di';
import type { RemoteAccess } from '@plimsoll/transport';
import { ContainerModule } from 'inversify';
import { HuggingFaceHub, type HuggingFaceHubOptions } from './huggingface/hugging-face-hub.js';
import { OllamaLibrary, type OllamaLibraryOptions } from './ollama-library/ollama-library.js';

/** How the hubs are read. */
export interface HubModuleOptions extends HeaderCacheOptions {
  readonly access?: RemoteAccess;
  readonly huggingFace?: Pick<HuggingFaceHubOptions, 'baseUrl' | 'token'>;
  readonly ollamaLibrary?: Pick<OllamaLibraryOptions, 'baseUrl' | 'probeTags'>;
}

/** The Ollama library alone, for those who bind it under names of their own. */
export function ollamaLibrary(options: HubModuleOptions = {}): OllamaLibrary {
  return new OllamaLibrary({ access: options.access ?? {}, cache: headerCache(options), ...options.ollamaLibrary });
}

/** Binds Hugging Face and the Ollama library, each as inspector and as remote catalogue. */
export function hubModule(options: HubModuleOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    const remote = { access: options.access ?? {}, cache: headerCache(options) };
    const hub = new HuggingFaceHub({ ...remote, ...options.huggingFace });
    const library = new OllamaLibrary({ ...remote, ...options.ollamaLibrary });
    for (const place of [hub, library]) {
      bind(MODEL_INSPECTOR)
        .toResolvedValue(() => place)
        .inSingletonScope();
      bind(REMOTE_CATALOG)
        .toResolvedValue(() => place)
        .inSingletonScope();
    }
  });
}
