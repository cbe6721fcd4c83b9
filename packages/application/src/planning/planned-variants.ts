import { isPlimsollError, parseModelReference } from '@plimsoll/domain';
import type {
  CallOptions,
  CatalogEntry,
  InspectedModel,
  VariantLevel,
  ModelCatalog,
  PlanVariant,
} from '@plimsoll/domain';
import type { EnsureVariant, VariantStatus } from '../variants/ensure-variant.js';
import { fileLevel } from './file-level.js';

/** What can be downloaded of a model that a repository or library names; none for others. */
export async function offeredEntries(
  catalogs: readonly ModelCatalog[],
  model: string,
  options?: CallOptions,
): Promise<readonly CatalogEntry[]> {
  const { kind } = parseModelReference(model);
  if (kind !== 'huggingface' && kind !== 'ollama-library') return [];
  try {
    const found = catalogs.map((catalog) => catalog.variants(model, options));
    return (await Promise.all(found)).flat();
  } catch (error) {
    if (isPlimsollError(error) && error.code === 'cancelled') throw error;
    // The header was read; a plan does not depend on the list of its siblings.
    return [];
  }
}

/** The levels that are offered, best first as the catalogue has them; null where none is. */
export function offeredLevels(
  offered: readonly CatalogEntry[],
  own: VariantLevel | null,
): readonly VariantLevel[] | null {
  const levels = new Set(offered.flatMap(({ level }) => (level === null ? [] : [level])));
  if (levels.size === 0) return null;
  if (own !== null) levels.add(own);
  return [...levels];
}

/** The file that a URL names, as what can be downloaded of it; none for other names. */
export function fileAtUrl(model: string, inspected: InspectedModel): readonly CatalogEntry[] {
  if (parseModelReference(model).kind !== 'url') return [];
  const { header, digest } = inspected;
  return [{ name: model, level: fileLevel(inspected), sizeBytes: header.fileBytes, digest, location: 'remote' }];
}

/** What a plan looks for: a model's levels, and what is offered of them. */
export interface WantedVariants {
  readonly model: string;
  readonly levels: readonly VariantLevel[];
  readonly offered: readonly CatalogEntry[];
}

/** For each level the variant that is here, or how it would be got. */
export async function plannedVariants(
  ensure: EnsureVariant,
  { model, levels, offered }: WantedVariants,
  options?: CallOptions,
): Promise<ReadonlyMap<VariantLevel, PlanVariant>> {
  const entries = levels.map(async (level): Promise<readonly [VariantLevel, PlanVariant]> => {
    const remote = offered.find((entry) => entry.level === level);
    try {
      const variant = planVariant(await ensure.status(model, level, options));
      return [level, variant.status === 'local' || remote === undefined ? variant : remoteVariant(remote)];
    } catch {
      // A plan does not depend on whether the backend answers.
      return [level, remote === undefined ? { name: model, status: 'unknown' } : remoteVariant(remote)];
    }
  });
  return new Map(await Promise.all(entries));
}

const remoteVariant = ({ name, sizeBytes }: CatalogEntry): PlanVariant => ({
  name,
  status: 'remote',
  ...(sizeBytes === null ? {} : { sizeBytes }),
});

const STATUS: Readonly<Record<'pull' | 'create' | 'quantize' | 'import', PlanVariant['status']>> = {
  pull: 'remote',
  create: 'buildable',
  quantize: 'buildable',
  import: 'buildable',
};

function planVariant(status: VariantStatus): PlanVariant {
  switch (status.status) {
    case 'installed':
      return {
        name: status.name,
        status: 'local',
        ...(status.digest === null ? {} : { digest: status.digest }),
      };
    case 'can-make':
      return { name: status.name, status: STATUS[status.method] };
    case 'missing':
      return { name: status.name, status: 'missing' };
  }
}
