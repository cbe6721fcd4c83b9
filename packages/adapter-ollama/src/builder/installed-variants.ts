import type { CallOptions, InstalledVariant } from '@plimsoll/domain';
import { sameOllamaName } from '../model-name.js';
import type { OllamaApi } from '../ollama-api.js';
import { installedVariant } from '../runtime/installed-variant.js';

/** What the server has now. */
export async function installedVariants(api: OllamaApi, options: CallOptions): Promise<readonly InstalledVariant[]> {
  return (await api.tags(options)).map(installedVariant);
}

/** The one that the server knows by this name, however it is written; null for none. */
export function installedAs(installed: readonly InstalledVariant[], name: string): InstalledVariant | null {
  return installed.find((variant) => sameOllamaName(variant.name, name)) ?? null;
}
