import type { NameVariant } from '@plimsoll/application';
import { baseName, variantFileName, variantName, type Settings } from '@plimsoll/domain';

/** Files are named like files, models of a server in the scheme of the settings. */
export function nameVariant(settings: Settings): NameVariant {
  return (model, level) =>
    settings.backend === 'ollama' && !/\.gguf$/i.test(model)
      ? variantName(baseName(model), level, settings.naming)
      : variantFileName(model, level);
}
