import type { TensorType } from '../quantization/tensor-type.js';

/** One type that a tensor, or a group of tensors that share a type, can be stored in. */
export interface AllocationOption {
  readonly type: TensorType;
  /** Bytes of the whole group in this type. */
  readonly bytes: number;
  /** What the type costs in quality: any measure that adds up over groups, such as mean KL divergence in nats. */
  readonly loss: number;
}

/** A tensor or a group of tensors that get one type together. */
export interface AllocationGroup {
  /** Unique name, such as that of the tensor. */
  readonly name: string;
  readonly options: readonly AllocationOption[];
}

/** Options that no other beats in bytes and loss, from the smallest to the best: bytes rise, losses fall. */
export function undominated(options: readonly AllocationOption[]): AllocationOption[] {
  const kept: AllocationOption[] = [];
  for (const option of [...options].sort((a, b) => a.bytes - b.bytes || a.loss - b.loss)) {
    const last = kept.at(-1);
    if (last === undefined || option.loss < last.loss) kept.push(option);
  }
  return kept;
}

/** The lower convex hull of undominated options: each step saves less loss per byte than the one before. */
export function convexHull(options: readonly AllocationOption[]): AllocationOption[] {
  const hull: AllocationOption[] = [];
  for (const option of options) {
    for (;;) {
      const [before, last] = hull.slice(-2);
      if (before === undefined || last === undefined || gainPerByte(before, last) > gainPerByte(last, option)) break;
      hull.pop();
    }
    hull.push(option);
  }
  return hull;
}

/** Loss that each further byte saves between two options. */
export function gainPerByte(from: AllocationOption, to: AllocationOption): number {
  return (from.loss - to.loss) / (to.bytes - from.bytes);
}
