import path from 'node:path';
import { FileModelInspector } from '@plimsoll/adapter-gguf';
import {
  FOOTPRINT_ORACLE,
  GPU_PROBE,
  HOST_PROBE,
  IMPORTANCE_COLLECTOR,
  LOGITS_SOURCE,
  MEASUREMENT_STORE,
  MODEL_CATALOG,
  MODEL_INSPECTOR,
  MODEL_RUNTIME,
  REMOTE_CATALOG,
  TENSOR_QUANTIZER,
  VARIANT_BUILDER,
  type BackendTools,
} from '@plimsoll/di';
import type { Settings } from '@plimsoll/domain';
import { findBackend } from './find-backend.js';
import { gpuOptions } from './gpu-options.js';
import { once } from './once.js';
import type { RemoteReading } from './remote-reading.js';
import type { ModuleLoader, ModuleTable, ServiceMaker } from './services.js';

/** The probes of this machine. Nothing is imported before it is asked for. */
export function machineProbes(): ReadonlyMap<symbol, ServiceMaker> {
  const host = once(async () => new (await import('@plimsoll/adapter-gpu')).SystemHostProbe());
  const gpu: ServiceMaker = async () => {
    const { createGpuProbe } = await import('@plimsoll/adapter-gpu');
    return createGpuProbe({ ...gpuOptions(), host: await host() });
  };
  return new Map([
    [GPU_PROBE as symbol, gpu],
    [HOST_PROBE as symbol, host],
  ]);
}

/** Where measurements are kept, and whether on a thread of their own, for a program that must not wait for a disk. */
export interface MeasurementPlace {
  readonly storeFile: string;
  readonly onThread: boolean;
}

/** The adapters that do not depend on the backend. Nothing is imported before it is asked for. */
export function sharedModules({ storeFile, onThread }: MeasurementPlace): ModuleTable {
  const store: ModuleLoader = async () => {
    const { storeModule, threadedStoreModule } = await import('@plimsoll/adapter-store/inversify');
    return onThread ? threadedStoreModule(storeFile) : storeModule(storeFile);
  };
  const oracle: ModuleLoader = async () => (await import('./engine-oracle-module.js')).engineOracleModule();
  return new Map<symbol, readonly ModuleLoader[]>([
    [MEASUREMENT_STORE as symbol, [store]],
    [FOOTPRINT_ORACLE as symbol, [oracle]],
  ]);
}

/** Where models are read from. */
export interface ModelReading {
  /** Folder for headers of remote models; none are kept when null. */
  readonly headerCache: string | null;
  /** Folder for importance matrices that no place is named for; none are kept when null. */
  readonly importanceCache: string | null;
  readonly remote: RemoteReading;
}

/** The adapters of the backend that the settings choose, its best inspector and builder first. */
export function backendModules(
  settings: Settings,
  { headerCache, importanceCache, remote }: ModelReading,
): ModuleTable {
  const chosen = findBackend(settings.backend);
  const tools: BackendTools = {
    files: new FileModelInspector(),
    async quantizer() {
      const { LlamaCppVariantBuilder } = await import('@plimsoll/adapter-llamacpp');
      return new LlamaCppVariantBuilder({ modelsFolder: settings.modelsFolder });
    },
  };
  const backend: ModuleLoader = () => chosen.module(settings, tools);
  const importance: ModuleLoader = async () => {
    const { importanceModule } = await import('./importance-module.js');
    return importanceModule({ modelsFolder: settings.modelsFolder, cacheFolder: importanceCache ?? undefined });
  };
  const reading = { cacheFolder: headerCache, ...remote };
  const headers: ModuleLoader = async () => {
    const { ggufModule } = await import('@plimsoll/adapter-gguf/inversify');
    return ggufModule(reading);
  };
  const hubs: ModuleLoader = async () => {
    const { hubModule } = await import('@plimsoll/adapter-hub/inversify');
    return hubModule({ ...reading, ollamaLibrary: { probeTags: true } });
  };
  /** Names that a server does not have installed are those of the library that it pulls from. */
  const libraryNames: ModuleLoader = async () => {
    const { libraryNamesModule } = await import('./library-names.js');
    const { ollamaLibrary } = await import('@plimsoll/adapter-hub/inversify');
    return libraryNamesModule(async () => ollamaLibrary({ cacheFolder: headerCache, access: remote.access }));
  };
  return new Map<symbol, readonly ModuleLoader[]>([
    [MODEL_RUNTIME as symbol, [backend]],
    [MODEL_CATALOG as symbol, [backend]],
    // A backend's own inspector stands before these when the backend is asked for first.
    [
      MODEL_INSPECTOR as symbol,
      [headers, hubs, ...(chosen.downloads && settings.registryLookups ? [libraryNames] : [])],
    ],
    [REMOTE_CATALOG as symbol, [hubs]],
    [VARIANT_BUILDER as symbol, [backend]],
    [TENSOR_QUANTIZER as symbol, [backend]],
    [LOGITS_SOURCE as symbol, [backend]],
    [IMPORTANCE_COLLECTOR as symbol, [importance]],
  ]);
}

/** What decides which backend is open: another one is opened when it changes. */
export function backendKey(settings: Settings): string {
  let key = backendKeys.get(settings);
  if (key === undefined) {
    const { id, settings: keys } = findBackend(settings.backend);
    key = JSON.stringify([id, settings.naming, ...keys.map((name) => settings[name])]);
    backendKeys.set(settings, key);
  }
  return key;
}

/** Asked for with every request; settings that did not change are the same object. */
const backendKeys = new WeakMap<Settings, string>();

/** Folder for importance matrices below the one for what can be made again. */
export const importanceFolder = (cacheFolder: string): string => path.join(cacheFolder, 'imatrix');

/** Folder for headers below the one for what can be made again. */
export const headerFolder = (cacheFolder: string): string => path.join(cacheFolder, 'headers');
