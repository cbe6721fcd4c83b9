import type { TensorType } from '../quantization/tensor-type.js';

/** A whole file: what was predicted of the parts in each type, and what was measured of it all. */
export interface MeasuredWhole {
  readonly parts: ReadonlyMap<TensorType, number>;
  readonly loss: number;
}

/** How much a factor is held to 1, against one measurement of a file that is all of that type. */
const STIFFNESS = 0.05;
const ROUNDS = 200;
const BOUNDS = { least: 0.25, most: 4 } as const;

/**
 * Factors by type that bring predictions to what whole files lost: least squares of errors relative to what was predicted, with each factor
 * drawn to 1 by how little was measured of it. Solved one factor after the other.
 */
export function typeFactors(wholes: readonly MeasuredWhole[]): ReadonlyMap<TensorType, number> {
  const usable = wholes.filter(({ parts, loss }) => loss > 0 && [...parts.values()].some((predicted) => predicted > 0));
  const types = [...new Set(usable.flatMap(({ parts }) => [...parts.keys()]))];
  const factors = new Map(types.map((type) => [type, 1]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const type of types) {
      let [above, below] = [STIFFNESS, STIFFNESS];
      for (const { parts, loss } of usable) {
        const sum = [...parts.values()].reduce((total, predicted) => total + predicted, 0);
        const share = (parts.get(type) ?? 0) / sum;
        let others = 0;
        for (const [other, predicted] of parts) if (other !== type) others += predicted * (factors.get(other) ?? 1);
        above += (share * (loss - others)) / sum;
        below += share * share;
      }
      factors.set(type, Math.min(BOUNDS.most, Math.max(BOUNDS.least, above / below)));
    }
  }
  return factors;
}
