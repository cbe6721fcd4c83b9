import { recipeInName } from '@plimsoll/domain';
import type { InstalledVariant } from '@plimsoll/domain';
import { levelFromFileType } from './wire/level-from-file-type.js';
import type { ModelEntry } from './wire/model-entry.js';

/**
 * A listed model in the domain's words. Only llama-server tells level and size; the size is that of the tensors.
 * @param path The model's file on this machine, or null.
 */
export function installedVariant(entry: ModelEntry, path: string | null): InstalledVariant {
  const { id, fileType, sizeBytes, parameters } = entry;
  return {
    name: id,
    level: recipeInName(path ?? id) ?? (fileType === null ? null : levelFromFileType(fileType)),
    sizeBytes,
    digest: null,
    architecture: null,
    parameterSize: parameters === null ? null : parameterSize(parameters),
    modifiedAtMs: null,
    ...(path === null ? {} : { path }),
  };
}

function parameterSize(parameters: number): string {
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)}B` : `${(parameters / 1e6).toFixed(1)}M`;
}
