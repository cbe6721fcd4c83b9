import type { ModelHeader } from '../model/model-header.js';
import { architectureOf } from '../model/architecture.js';
import type { TensorType } from '../quantization/tensor-type.js';
import type { TypeSpeeds } from './type-speeds.js';

/** A tensor with the type that it gets; null for one that is not known. */
export interface TypedTensor {
  readonly name: string;
  readonly type: TensorType | null;
}

/** Weights of each tensor that one token is multiplied with: of experts those in use, of an untied embedding none. */
export function multipliedWeights(header: ModelHeader): ReadonlyMap<string, number> {
  const { experts, tiedEmbeddings } = architectureOf(header);
  const used = experts === null ? 1 : experts.used / experts.count;
  return new Map(
    header.tensors.map(({ name, shape }) => {
      const weights = shape.length < 2 ? 0 : shape.reduce((product, length) => product * length, 1);
      if (name === 'token_embd.weight') return [name, tiedEmbeddings ? weights : 0];
      return [name, name.includes('_exps.') ? weights * used : weights];
    }),
  );
}

/**
 * Seconds per token of one sequence, its cache empty: every matrix is read once, and each layer costs a fixed time
 * besides. Null when the speed of a type is unknown.
 */
export function tokenSeconds(
  header: ModelHeader,
  tensors: readonly TypedTensor[],
  { secondsPerWeight, layerSeconds }: TypeSpeeds,
): number | null {
  const weights = multipliedWeights(header);
  let seconds = architectureOf(header).layers * layerSeconds;
  for (const { name, type } of tensors) {
    const multiplied = weights.get(name) ?? 0;
    if (multiplied === 0) continue;
    const each = type === null ? undefined : secondsPerWeight[type];
    if (each === undefined) return null;
    seconds += multiplied * each;
  }
  return seconds;
}
