import type { PriorStore, TextCache } from '@plimsoll/application';
import type { SensitivityPrior } from '@plimsoll/domain';

/** What was measured of models by architecture, as texts in a cache; what cannot be read counts as not measured. */
export function sensitivityPriors(cache: TextCache): PriorStore<SensitivityPrior> {
  const keyOf = (architecture: string): string => JSON.stringify(['sensitivity', architecture]);
  return {
    async read(architecture) {
      const text = await cache.read(keyOf(architecture));
      try {
        const prior: unknown = JSON.parse(text ?? 'null');
        return isPrior(prior) ? prior : null;
      } catch {
        return null;
      }
    },
    write: (architecture, prior) => cache.write(keyOf(architecture), JSON.stringify(prior)),
  };
}

function isPrior(value: unknown): value is SensitivityPrior {
  if (typeof value !== 'object' || value === null) return false;
  const { source, kinds, inputs } = value as Partial<Record<keyof SensitivityPrior, unknown>>;
  const isLoss = (loss: unknown): boolean => typeof loss === 'number' && loss >= 0;
  return (
    typeof source === 'string' &&
    isRecord(kinds, (losses) => Array.isArray(losses) && losses.length > 0 && losses.every(isLoss)) &&
    isRecord(inputs, isLoss)
  );
}

function isRecord(value: unknown, holds: (entry: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(holds);
}
