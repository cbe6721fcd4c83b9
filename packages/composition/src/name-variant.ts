import type { NameVariant } from '@plimsoll/application';
import { baseName, variantFileName, variantName } from '@plimsoll/domain';
import type { Settings } from '@plimsoll/domain';

/** Files are named like files, models of a server in the scheme of the settings. */
export function nameVariant({ backend, naming }: Pick<Settings, 'backend' | 'naming'>): NameVariant {
  return (model, level) =>
    backend === 'ollama' && !/\.gguf$/i.test(model)
      ? variantName(baseName(model), level, naming)
      : variantFileName(model, level);
}
