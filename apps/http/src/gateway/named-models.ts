import { baseName, levelInFileName, levelInName } from '@plimsoll/domain';
import type { InstalledVariant, Settings } from '@plimsoll/domain';
import type { BackendLease } from '../server/http-services.js';
import { withBackend } from './gateway-context.js';
import type { GatewayContext } from './gateway-context.js';

/** A name that clients may ask for, and a variant behind it. */
export interface NamedModel {
  readonly name: string;
  /** The variant itself; of a base name the one that answers now. */
  readonly variant: InstalledVariant;
}

/**
 * Every installed variant, and beside them the base names that stand for whichever of their variants is right: some
 * clients refuse, or try to fetch, a model that is not listed.
 */
async function namedModels(
  { runtime }: Pick<BackendLease, 'runtime'>,
  aliases: Settings['modelAliases'],
): Promise<readonly NamedModel[]> {
  const variants = await runtime.list();
  const named = new Map(variants.map((variant) => [variant.name, variant]));
  for (const variant of variants) {
    if (levelInName(variant.name) === null && levelInFileName(variant.name) === null) continue;
    const base = baseName(variant.name);
    if (base !== '' && !named.has(base)) named.set(base, variant);
  }
  for (const [alias, model] of Object.entries(aliases)) {
    const variant = named.get(model.replace(/@[^@]*$/, ''));
    if (variant !== undefined && !/[*?]/.test(alias)) named.set(alias, variant);
  }
  return [...named].map(([name, variant]) => ({ name, variant })).sort((a, b) => a.name.localeCompare(b.name));
}

/** The models of the backend that the settings name now. */
export async function allNamedModels(context: GatewayContext): Promise<readonly NamedModel[]> {
  const { modelAliases } = (await context.services.settings.load()).settings;
  return withBackend(context, (lease) => namedModels(lease, modelAliases));
}
