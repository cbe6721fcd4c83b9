import { metadataNumber, metadataNumbers } from '../model/model-header.js';
import type { ModelHeader, TensorInfo } from '../model/model-header.js';
import { fallbackType } from './preset-rules.js';
import type { PresetModel } from './preset-rules.js';
import { isMatrix, mayChangeType, tensorCategory } from './tensor-category.js';
import type { TensorCategory } from './tensor-category.js';
import { TENSOR_TYPES } from './tensor-type.js';
import type { TensorType } from './tensor-type.js';

/** One tensor at some level. */
export interface PresetTensorType {
  readonly name: string;
  /** Null for a type that is not known and that the level keeps. */
  readonly type: TensorType | null;
  readonly bytes: number;
}

/** What a tensor is, whichever level is asked for. */
export interface TensorTraits {
  readonly name: string;
  /** In the header's order. */
  readonly index: number;
  readonly block: number | null;
  readonly kind: TensorKind;
}

/** What tensors of the same role and shape have in common: most models repeat a handful of kinds in every block. */
export interface TensorKind {
  readonly category: TensorCategory;
  readonly isQuantizable: boolean;
  /** Third dimension above 1: a stack of experts. */
  readonly stacked: boolean;
  readonly row: number;
  readonly weights: number;
  /** What it becomes where a rule says that type: the type itself or its fallback, and the bytes. */
  readonly sizes: Map<TensorType, KnownSize>;
}

/** A type and the bytes it takes. */
export interface KnownSize {
  readonly type: TensorType;
  readonly bytes: number;
}

/** What a header's tensors are, whichever level is asked for. */
export interface HeaderTraits {
  /** llama.cpp visits tensors by block, then by name in byte order, whatever their order in the file. */
  readonly visited: readonly TensorTraits[];
  /** As they are in the file, in the header's order. */
  readonly stored: readonly PresetTensorType[];
  readonly weights: number;
  readonly model: Omit<PresetModel, 'importanceMatrix'>;
}

const traitsByHeader = new WeakMap<ModelHeader, HeaderTraits>();

/** The traits of a header's tensors. A plan asks the same header for many levels: they are worked out once. */
export function traitsOf(header: ModelHeader): HeaderTraits {
  const known = traitsByHeader.get(header);
  if (known !== undefined) return known;
  const kinds = new Map<string, TensorKind>();
  const visited = header.tensors.map((tensor, index): TensorTraits => {
    const { name, shape } = tensor;
    const block = blockOf(name);
    // All that names tell is the same in every block.
    const stem = block === null ? name : `blk${name.slice(name.indexOf('.', 'blk.'.length))}`;
    const key = `${stem} ${shape.join()}`;
    let kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, (kind = kindOf(tensor)));
    return { name, index, block, kind };
  });
  visited.sort((a, b) => {
    const byBlock = (a.block ?? -1) - (b.block ?? -1);
    if (byBlock !== 0) return byBlock;
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  });
  const weights = visited.reduce((sum, { kind }) => sum + kind.weights, 0);
  const stored = header.tensors.map(({ name, type, bytes }) => ({ name, type, bytes }));
  const traits = { visited, stored, weights, model: presetModel(header, visited) };
  traitsByHeader.set(header, traits);
  return traits;
}

/** The block a tensor lies in, or null when it belongs to none. */
function blockOf(name: string): number | null {
  const match = /^blk\.(\d+)\./.exec(name);
  return match === null ? null : Number(match[1]);
}

function kindOf({ name, shape }: TensorInfo): TensorKind {
  return {
    category: tensorCategory(name),
    isQuantizable: mayChangeType(name) && isMatrix(shape),
    stacked: (shape[2] ?? 1) > 1,
    row: shape[0] ?? 1,
    weights: shape.reduce((product, n) => product * n, 1),
    sizes: new Map(),
  };
}

/** Whether rows of that kind hold whole blocks of a type. */
export const divides = ({ row }: TensorKind, type: TensorType): boolean => row % TENSOR_TYPES[type].blockWeights === 0;

/** What a tensor of that kind becomes where the rules say `wanted`. */
export function sizeAs(kind: TensorKind, wanted: TensorType): KnownSize {
  const known = kind.sizes.get(wanted);
  if (known !== undefined) return known;
  const type = fallbackType(wanted, (one) => divides(kind, one));
  const { blockWeights, blockBytes } = TENSOR_TYPES[type];
  const size = { type, bytes: (kind.weights / blockWeights) * blockBytes };
  kind.sizes.set(wanted, size);
  return size;
}

function presetModel(header: ModelHeader, visited: readonly TensorTraits[]): HeaderTraits['model'] {
  const architecture = header.architecture;
  const number = (key: string): number => {
    const full = `${architecture}.${key}`;
    return metadataNumber(header, full) ?? metadataNumbers(header, full)?.[0] ?? 0;
  };
  const heads = number('attention.head_count');
  const hasKvHeads = header.metadata.has(`${architecture}.attention.head_count_kv`);
  const kvHeads = hasKvHeads ? number('attention.head_count_kv') : heads;
  const blocks = number('block_count');
  const experts = number('expert_count');
  const main = blocks - number('nextn_predict_layers');
  return {
    architecture,
    headsPerKvHead: kvHeads === 0 ? 0 : Math.trunc(heads / kvHeads),
    experts,
    is70B: is70B(architecture, main, experts, heads === kvHeads),
    tiedEmbeddings: !header.tensors.some((tensor) => tensor.name === 'output.weight'),
    blocks,
    valueTensors: visited.filter(({ kind }) => kind.category === 'attention-v').length,
  };
}

/** Source: llama.cpp `src/models/{llama,qwen2,deci,olmo,jais2}.cpp`, the cases that give `LLM_TYPE_70B`. */
function is70B(architecture: string, layers: number, experts: number, equalHeads: boolean): boolean {
  switch (architecture) {
    case 'llama':
    case 'llama-embed':
      return layers === 80 && experts !== 8 && !equalHeads;
    case 'qwen2':
    case 'deci':
    case 'olmo':
      return layers === 80;
    case 'jais2':
      return layers === 68;
    default:
      return false;
  }
}
