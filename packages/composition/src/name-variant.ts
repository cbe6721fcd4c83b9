import path from 'node:path';
import type { NameVariant } from '@plimsoll/application';
import { baseName, variantFileName, variantName } from '@plimsoll/domain';
import type { NamingScheme, Settings, VariantLevel } from '@plimsoll/domain';
import { findBackend } from './find-backend.js';

/** Files are named like files, models of a server that has tags in the scheme of the settings. */
export function nameVariant({ backend, naming }: Pick<Settings, 'backend' | 'naming'>): NameVariant {
  const { variantNames } = findBackend(backend);
  return (model, level) =>
    variantNames === 'tag' && !/\.gguf$/i.test(model)
      ? variantName(baseName(model), level, naming)
      : variantFileName(model, level);
}

/** What a file is called on a server that has tags: `fable:q4_K_M` of `tales/Fable-F16.gguf`. */
export function importedName(file: string, level: VariantLevel, naming: NamingScheme): string {
  const { name } = path.parse(variantFileName(path.basename(file), 'F16').replace(/-F16(\.gguf)?$/, '.gguf'));
  return variantName(name.toLowerCase().replace(/[^a-z0-9_.-]+/g, '-'), level, naming);
}
