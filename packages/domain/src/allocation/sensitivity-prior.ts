import { kindOf, layerOf, type PrecisionGroup } from './precision-groups.js';
import type { MeasuredAlone } from './predicted-losses.js';

/** What was measured of one model, for the next one of its architecture to start from. */
export interface SensitivityPrior {
  /** Which model it was, by what its file holds. */
  readonly source: string;
  /** What one tensor of a kind loses alone, nats, from the first layer to the last. */
  readonly kinds: Readonly<Record<string, readonly number[]>>;
  /** What a family of inputs loses to being rounded, as a share of what the error of its weights costs. */
  readonly inputs: Readonly<Record<string, number>>;
}

/** What was measured of each group, by kind and layer. */
export function kindLosses(
  groups: readonly PrecisionGroup[],
  alone: ReadonlyMap<string, MeasuredAlone>,
): Readonly<Record<string, readonly number[]>> {
  const kinds = new Map<string, { readonly layer: number; readonly loss: number }[]>();
  for (const { name, tensors } of groups) {
    for (const tensor of tensors) {
      const kind = kindOf(tensor.name);
      const loss = (alone.get(name)?.loss ?? 0) / tensors.length;
      kinds.set(kind, [...(kinds.get(kind) ?? []), { layer: layerOf(tensor.name) ?? 0, loss }]);
    }
  }
  return Object.fromEntries(
    [...kinds].map(([kind, all]) => [kind, all.sort((a, b) => a.layer - b.layer).map(({ loss }) => loss)]),
  );
}

/**
 * Splits what few large groups lost among many small ones, in the proportion in which an earlier model's tensors of
 * that kind and depth lost.
 * @returns null when the earlier model knew nothing of a kind
 */
export function spreadLosses(
  measured: readonly PrecisionGroup[],
  alone: ReadonlyMap<string, MeasuredAlone>,
  wanted: readonly PrecisionGroup[],
  { kinds }: Pick<SensitivityPrior, 'kinds'>,
): ReadonlyMap<string, MeasuredAlone> | null {
  const layers = 1 + Math.max(0, ...wanted.flatMap(({ tensors }) => tensors.map(({ name }) => layerOf(name) ?? 0)));
  const expected = (tensor: string): number | null => {
    const losses = kinds[kindOf(tensor)];
    const depth = (layerOf(tensor) ?? 0) / Math.max(1, layers - 1);
    return losses?.[Math.round(depth * (losses.length - 1))] ?? null;
  };
  const byTensor = new Map<string, MeasuredAlone>();
  for (const { name, tensors } of measured) {
    const { type, loss } = alone.get(name) ?? { type: 'Q3_K', loss: 0 };
    const shares = tensors.map((tensor) => expected(tensor.name));
    if (shares.includes(null)) return null;
    const sum = shares.reduce<number>((total, share) => total + (share ?? 0), 0);
    tensors.forEach((tensor, i) => {
      const share = sum > 0 ? (shares[i] ?? 0) / sum : 1 / tensors.length;
      byTensor.set(tensor.name, { type, loss: loss * share });
    });
  }
  return new Map(
    wanted.map(({ name, tensors }) => {
      const parts = tensors.flatMap((tensor) => byTensor.get(tensor.name) ?? []);
      return [name, { type: parts[0]?.type ?? 'Q3_K', loss: parts.reduce((sum, { loss }) => sum + loss, 0) }];
    }),
  );
}
