import type { NameVariant } from '@plimsoll/application';
import { baseName, variantFileName, variantName } from '@plimsoll/domain';
import type { Settings } from '@plimsoll/domain';
import { findBackend } from './find-backend.js';

/** Files are named like files, models of a server that has tags in the scheme of the settings. */
export function nameVariant({ backend, naming }: Pick<Settings, 'backend' | 'naming'>): NameVariant {
  const { variantNames } = findBackend(backend);
  return (model, level) =>
    variantNames === 'tag' && !/\.gguf$/i.test(model)
      ? variantName(baseName(model), level, naming)
      : variantFileName(model, level);
}
