import { FileModelInspector } from '@plimsoll/adapter-gguf';
import type { ModelInspector, Settings } from '@plimsoll/domain';
import type { ContainerModule } from 'inversify';
import { findBackend } from './find-backend.js';
import { libraryNamesModule } from './library-names.js';
import { quantizeThenImportModule } from './quantize-then-import-module.js';

/** What decides which backend is open: another one is opened when it changes. */
export function backendKey(settings: Settings): string {
  const { id, settings: keys } = findBackend(settings.backend);
  return JSON.stringify([id, ...keys.map((key) => settings[key])]);
}

/**
 * The adapters of the chosen backend; nothing of the others is imported.
 * @throws InvalidConfigError when the backend is unknown, or its address is missing
 */
export async function backendModule(settings: Settings): Promise<readonly ContainerModule[]> {
  const backend = findBackend(settings.backend);
  const own = await backend.module(settings, { files: new FileModelInspector() });
  const library = async (): Promise<ModelInspector> => {
    const { OllamaLibrary } = await import('@plimsoll/adapter-hub');
    return new OllamaLibrary();
  };
  return [
    own,
    ...(backend.imports ? [await quantizeThenImportModule(settings.modelsFolder)] : []),
    ...(backend.downloads ? [libraryNamesModule(library)] : []),
  ];
}
