import path from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import type { HubModuleOptions } from '@plimsoll/adapter-hub/inversify';
import { findBackend } from '@plimsoll/composition/find-backend';
import { gpuOptions } from '@plimsoll/composition/gpu-options';
import {
  FOOTPRINT_ORACLE,
  GPU_PROBE,
  HOST_PROBE,
  LOGITS_SOURCE,
  MEASUREMENT_STORE,
  MODEL_CATALOG,
  MODEL_INSPECTOR,
  MODEL_RUNTIME,
  REMOTE_CATALOG,
  VARIANT_BUILDER,
} from '@plimsoll/di';
import type { Settings } from '@plimsoll/domain';
import type { ContainerModule } from 'inversify';

/** Imports an adapter and gives what it binds. */
export type ModuleLoader = () => Promise<ContainerModule>;

/** Folders that services keep things in. */
export interface ServiceFolders {
  /** For what can be made again. */
  readonly cache: string;
}

/** How models are read over a network. */
export interface RemoteReading {
  readonly access: NonNullable<HubModuleOptions['access']>;
  /** Hugging Face's address and access token, where the environment names them. */
  readonly huggingFace: NonNullable<HubModuleOptions['huggingFace']>;
}

/**
 * Which adapters stand behind which token, by the settings; where several bind one, the best first.
 * Nothing is imported before it is asked for.
 */
export function modulesFor(
  settings: Settings,
  folders: ServiceFolders,
  remote: RemoteReading,
): ReadonlyMap<symbol, readonly ModuleLoader[]> {
  const chosen = findBackend(settings.backend);
  const backend: ModuleLoader = () => chosen.module(settings, { files: new FileModelInspector() });
  const headerCache = path.join(folders.cache, 'headers');
  const headers: ModuleLoader = async () => {
    const { ggufModule } = await import('@plimsoll/adapter-gguf/inversify');
    return ggufModule({ cacheFolder: headerCache, ...remote });
  };
  const hubs: ModuleLoader = async () => {
    const { hubModule } = await import('@plimsoll/adapter-hub/inversify');
    return hubModule({ cacheFolder: headerCache, ...remote, ollamaLibrary: { probeTags: true } });
  };
  /** Names that Ollama does not have installed are those of the library that it pulls from. */
  const libraryNames: ModuleLoader = async () => {
    const { libraryNamesModule } = await import('@plimsoll/composition/library-names');
    const { ollamaLibrary } = await import('@plimsoll/adapter-hub/inversify');
    return libraryNamesModule(async () => ollamaLibrary({ cacheFolder: headerCache, access: remote.access }));
  };
  /** What Ollama cannot quantize itself the engine quantizes, and Ollama imports. */
  const importing: ModuleLoader = async () => {
    const { quantizeThenImportModule } = await import('@plimsoll/composition/quantize-then-import-module');
    return quantizeThenImportModule(settings.modelsFolder);
  };
  const gpu: ModuleLoader = async () => {
    const { gpuModule } = await import('@plimsoll/adapter-gpu/inversify');
    return gpuModule(gpuOptions());
  };
  const store: ModuleLoader = async () => {
    const { storeModule } = await import('@plimsoll/adapter-store/inversify');
    return storeModule(settings.storeFile);
  };
  return new Map<unknown, readonly ModuleLoader[]>([
    [MODEL_RUNTIME, [backend]],
    [MODEL_CATALOG, [backend]],
    // A backend's own inspector stands before these when the backend is asked for first.
    [MODEL_INSPECTOR, chosen.downloads ? [headers, hubs, libraryNames] : [headers, hubs]],
    [REMOTE_CATALOG, [hubs]],
    [VARIANT_BUILDER, chosen.imports ? [backend, importing] : [backend]],
    [LOGITS_SOURCE, [backend]],
    [FOOTPRINT_ORACLE, [backend]],
    [GPU_PROBE, [gpu]],
    [HOST_PROBE, [gpu]],
    [MEASUREMENT_STORE, [store]],
  ]) as ReadonlyMap<symbol, readonly ModuleLoader[]>;
}
