import { MODEL_INSPECTOR } from '@plimsoll/di';
import type { ModelCatalog } from '@plimsoll/domain';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { DiskHeaderCache } from './cache/disk-header-cache.js';
import { NO_CACHE, type HeaderCache } from './cache/header-cache.js';
import { FileModelInspector } from './file/file-model-inspector.js';
import type { RemoteAccess } from './http/remote-access.js';
import { UrlModelInspector } from './http/url-model-inspector.js';
import { HuggingFaceHub, type HuggingFaceHubOptions } from './huggingface/hugging-face-hub.js';
import { OllamaLibrary, type OllamaLibraryOptions } from './ollama-library/ollama-library.js';

/** Bound twice: what Hugging Face repositories and the Ollama library offer. Ask with `getAll`. */
export const REMOTE_CATALOG: ServiceIdentifier<ModelCatalog> = Symbol.for('@plimsoll/adapter-gguf/RemoteCatalog');

/** How headers are read. */
export interface GgufModuleOptions {
  readonly access?: RemoteAccess;
  /** Folder of the cache of remote headers; null keeps none. Default null. */
  readonly cacheFolder?: string | null;
  /** Size limit of that folder. Default 512 MiB. */
  readonly cacheMaxBytes?: number;
  readonly huggingFace?: Pick<HuggingFaceHubOptions, 'baseUrl' | 'token'>;
  readonly ollamaLibrary?: Pick<OllamaLibraryOptions, 'baseUrl' | 'probeTags'>;
}

/** The Ollama library alone, for those who bind it under names of their own. */
export function ollamaLibrary(options: GgufModuleOptions = {}): OllamaLibrary {
  return new OllamaLibrary({ access: options.access ?? {}, cache: headerCache(options), ...options.ollamaLibrary });
}

function headerCache({ cacheFolder, cacheMaxBytes }: GgufModuleOptions): HeaderCache {
  const maxBytes = cacheMaxBytes === undefined ? {} : { maxBytes: cacheMaxBytes };
  return cacheFolder ? new DiskHeaderCache({ folder: cacheFolder, ...maxBytes }) : NO_CACHE;
}

/** Binds the inspectors of local files, URLs, Hugging Face and the Ollama library, and the catalogues of the latter. */
export function ggufModule(options: GgufModuleOptions = {}): ContainerModule {
  return new ContainerModule(({ bind }) => {
    const cache = headerCache(options);
    const remote = { access: options.access ?? {}, cache };
    const hub = new HuggingFaceHub({ ...remote, ...options.huggingFace });
    const library = new OllamaLibrary({ ...remote, ...options.ollamaLibrary });
    for (const inspector of [new FileModelInspector(), new UrlModelInspector(remote), hub, library]) {
      bind(MODEL_INSPECTOR)
        .toResolvedValue(() => inspector)
        .inSingletonScope();
    }
    for (const catalog of [hub, library]) {
      bind(REMOTE_CATALOG)
        .toResolvedValue(() => catalog)
        .inSingletonScope();
    }
  });
}
