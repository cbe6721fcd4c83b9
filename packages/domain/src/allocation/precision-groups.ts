import type { ModelHeader, TensorInfo } from '../model/model-header.js';
import { isMatrix, mayChangeType } from '../quantization/tensor-category.js';
import { TENSOR_TYPES, tensorBytes } from '../quantization/tensor-type.js';
import type { TensorType } from '../quantization/tensor-type.js';
import type { AllocationGroup } from './allocation-option.js';

/** Tensors of one kind in neighbouring layers, which get one type together. */
export interface PrecisionGroup {
  /** Such as `ffn_down.weight 4-7`. */
  readonly name: string;
  readonly tensors: readonly TensorInfo[];
}

/** Every type can be stored in rows of this many weights, except those of 256. */
const SMALLEST_ROW = 32;

/**
 * The tensors that a recipe may choose types for, by kind and block of layers. Blocks are as short as they can be with
 * at most `most` groups, or as few groups as there are kinds.
 */
export function precisionGroups(header: ModelHeader, most: number): readonly PrecisionGroup[] {
  const tensors = header.tensors.filter(
    ({ name, shape }) => mayChangeType(name) && isMatrix(shape) && (shape[0] ?? 0) % SMALLEST_ROW === 0,
  );
  const layers = 1 + Math.max(0, ...tensors.map(({ name }) => layerOf(name) ?? 0));
  for (let span = 1; ; span += 1) {
    const groups = grouped(tensors, span);
    if (groups.length <= most || span >= layers) return groups;
  }
}

/** What each group costs at each type: `loss` says how much, by group and type; null where it is not known. */
export function precisionOptions(
  groups: readonly PrecisionGroup[],
  types: readonly TensorType[],
  loss: (group: PrecisionGroup, type: TensorType) => number | null,
): readonly AllocationGroup[] {
  return groups.map((group) => ({
    name: group.name,
    options: types.flatMap((type) => {
      const bytes = groupBytes(group, type);
      const cost = loss(group, type);
      return bytes === null || cost === null ? [] : [{ type, bytes, loss: cost }];
    }),
  }));
}

/**
 * What a kind of tensors reads: matrices that are multiplied with the same inputs suffer alike where those are rounded.
 * Kinds that are not known read something of their own.
 */
export function inputFamily({ tensors }: PrecisionGroup): string {
  const kind = kindOf(tensors[0]?.name ?? '');
  return FAMILIES.find(([, pattern]) => pattern.test(kind))?.[0] ?? kind;
}

const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['attention', /^attn_(q|k|v|qkv)\.weight$/],
  ['feed-forward', /^ffn_(gate|up|gate_up)(_exps|_shexp)?\.weight$/],
  ['feed-forward, down', /^ffn_down(_exps|_shexp)?\.weight$/],
];

function groupBytes({ tensors }: PrecisionGroup, type: TensorType): number | null {
  let sum = 0;
  for (const { shape } of tensors) {
    const bytes = (shape[0] ?? 0) % TENSOR_TYPES[type].blockWeights === 0 ? tensorBytes(type, shape) : null;
    if (bytes === null) return null;
    sum += bytes;
  }
  return sum;
}

function grouped(tensors: readonly TensorInfo[], span: number): readonly PrecisionGroup[] {
  const groups = new Map<string, TensorInfo[]>();
  for (const tensor of tensors) {
    const layer = layerOf(tensor.name);
    const kind = kindOf(tensor.name);
    const first = layer === null ? 0 : layer - (layer % span);
    const name = layer === null ? kind : `${kind} ${first}${span === 1 ? '' : `-${first + span - 1}`}`;
    groups.set(name, [...(groups.get(name) ?? []), tensor]);
  }
  return [...groups].map(([name, members]) => ({ name, tensors: members }));
}

/** A tensor's name without its layer. */
export function kindOf(name: string): string {
  return name.replace(/^blk\.\d+\./, '');
}

/** A tensor's layer, from 0; null for one of none. */
export function layerOf(name: string): number | null {
  const match = /^blk\.(\d+)\./.exec(name);
  return match === null ? null : Number(match[1]);
}
