import { InvalidModelFileError } from '../errors/invalid-model-file-error.js';
import { UnsupportedLevelError } from '../errors/unsupported-level-error.js';
import { metadataNumber, metadataNumbers } from '../model/model-header.js';
import type { ModelHeader, TensorInfo } from '../model/model-header.js';
import type { TensorOverride } from '../ports/variant-builder.port.js';
import { statedLevel } from './file-recipe.js';
import { LEVELS } from './level.js';
import type { Level } from './level.js';
import { fallbackType, presetRule } from './preset-rules.js';
import type { PresetModel } from './preset-rules.js';
import { isMatrix, mayChangeType, tensorCategory } from './tensor-category.js';
import type { TensorCategory } from './tensor-category.js';
import { TENSOR_TYPES, tensorBytes } from './tensor-type.js';
import type { TensorType } from './tensor-type.js';

/** How to apply a preset. */
export interface PresetOptions {
  /** Whether an importance matrix is used; by default only where the level cannot be made without one. */
  readonly importanceMatrix?: boolean | undefined;
  /** Types forced by name pattern; the first match wins and the preset's rule is then not asked. */
  readonly overrides?: readonly TensorOverride[] | undefined;
}

/** One tensor at some level. */
export interface PresetTensorType {
  readonly name: string;
  /** Null for a type that is not known and that the level keeps. */
  readonly type: TensorType | null;
  readonly bytes: number;
}

/** What a model's tensors become at a level. */
export interface PresetTypes {
  readonly level: Level;
  /** `file`: the header already is of that level, its own types are given. `rules`: llama.cpp's preset applied. */
  readonly source: 'file' | 'rules';
  /** In the header's own order. */
  readonly tensors: readonly PresetTensorType[];
  /** Sum of the tensors, without padding between them. */
  readonly tensorBytes: number;
  /** Mean bits per weight over all tensors. */
  readonly bitsPerWeight: number;
}

/**
 * The type and bytes of every tensor at `level`, computed from a header of any other level.
 * Source: llama.cpp v0.5.0 `src/llama-quant.cpp`; the engine's own dry run is the judge.
 * @throws UnsupportedLevelError for a level that llama.cpp cannot make (NVFP4), unless the file is of that level.
 * @throws InvalidModelFileError when the header contradicts itself (a block number beyond the block count).
 */
export function presetTypes(header: ModelHeader, level: Level, options: PresetOptions = {}): PresetTypes {
  const overrides = options.overrides ?? [];
  if (overrides.length === 0 && statedLevel(header) === level) {
    return summary(header, level, 'file', header.tensors);
  }
  if (level === 'NVFP4') {
    throw new UnsupportedLevelError('NVFP4 files are published ready made; llama.cpp has no preset that makes one.', {
      hint: 'Choose MXFP4_MOE or Q4_K_M, or download an NVFP4 file.',
    });
  }
  return summary(header, level, 'rules', applyRules(header, level, options));
}

/** Bytes of all tensors at `level`. Cheaper to ask once and keep. Errors as `presetTypes`. */
export function levelBytes(header: ModelHeader, level: Level, options: PresetOptions = {}): number {
  return presetTypes(header, level, options).tensorBytes;
}

/**
 * Bytes of the GGUF file that quantizing to `level` writes: header, then each tensor padded to 32 bytes.
 * Exact for one-file models whose header already has `general.file_type` and `general.quantization_version`,
 * as converters write them; a missing one is added by llama.cpp, and the result is then within 32 bytes, since
 * the header's own padding is not known.
 */
export function levelFileBytes(header: ModelHeader, level: Level, options: PresetOptions = {}): number {
  const added = (['general.file_type', 'general.quantization_version'] as const)
    .filter((key) => !header.metadata.has(key))
    .reduce((sum, key) => sum + 8 + key.length + 4 + 4, 0);
  const { tensors } = presetTypes(header, level, options);
  return padded(header.headerBytes + added) + tensors.reduce((sum, tensor) => sum + padded(tensor.bytes), 0);
}

/** Levels whose rules count feed-forward tensors one by one even in mixtures, where others go by block. */
const COUNTED_LEVELS: readonly Level[] = ['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ2_M'];

const padded = (bytes: number): number => Math.ceil(bytes / 32) * 32;

function summary(
  header: ModelHeader,
  level: Level,
  source: PresetTypes['source'],
  tensors: readonly PresetTensorType[],
): PresetTypes {
  const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes, 0);
  const { weights } = traitsOf(header);
  return {
    level,
    source,
    tensors: source === 'rules' ? tensors : tensors.map(({ name, type, bytes }) => ({ name, type, bytes })),
    tensorBytes: bytes,
    bitsPerWeight: weights === 0 ? 0 : (bytes * 8) / weights,
  };
}

/** The block a tensor lies in, or null when it belongs to none. */
function blockOf(name: string): number | null {
  const match = /^blk\.(\d+)\./.exec(name);
  return match === null ? null : Number(match[1]);
}

/** What a tensor is, whichever level is asked for. */
interface TensorTraits {
  readonly tensor: TensorInfo;
  /** In the header's order. */
  readonly index: number;
  readonly block: number | null;
  readonly category: TensorCategory;
  readonly isQuantizable: boolean;
}

interface HeaderTraits {
  /** llama.cpp visits tensors by block, then by name in byte order, whatever their order in the file. */
  readonly visited: readonly TensorTraits[];
  readonly weights: number;
}

/** A plan asks the same header for many levels. */
const traitsByHeader = new WeakMap<ModelHeader, HeaderTraits>();

function traitsOf(header: ModelHeader): HeaderTraits {
  const known = traitsByHeader.get(header);
  if (known !== undefined) return known;
  // All that names tell is the same in every block.
  const byStem = new Map<string, Pick<TensorTraits, 'category'> & { readonly mayChange: boolean }>();
  const visited = header.tensors.map((tensor, index): TensorTraits => {
    const block = blockOf(tensor.name);
    const key = block === null ? tensor.name : `blk${tensor.name.slice(tensor.name.indexOf('.', 'blk.'.length))}`;
    let named = byStem.get(key);
    if (named === undefined) {
      named = { category: tensorCategory(tensor.name), mayChange: mayChangeType(tensor.name) };
      byStem.set(key, named);
    }
    const { category, mayChange } = named;
    return { tensor, index, block, category, isQuantizable: mayChange && isMatrix(tensor.shape) };
  });
  visited.sort((a, b) => {
    const byBlock = (a.block ?? -1) - (b.block ?? -1);
    if (byBlock !== 0) return byBlock;
    return a.tensor.name < b.tensor.name ? -1 : a.tensor.name > b.tensor.name ? 1 : 0;
  });
  let weights = 0;
  for (const { shape } of header.tensors) weights += shape.reduce((product, n) => product * n, 1);
  const traits = { visited, weights };
  traitsByHeader.set(header, traits);
  return traits;
}

function presetModel(header: ModelHeader, importanceMatrix: boolean): PresetModel {
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
    valueTensors: traitsOf(header).visited.filter(({ category }) => category === 'attention-v').length,
    importanceMatrix,
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

function applyRules(header: ModelHeader, level: Level, options: PresetOptions): readonly PresetTensorType[] {
  const { baseType, needsImportanceMatrix } = LEVELS[level];
  const model = presetModel(header, options.importanceMatrix ?? needsImportanceMatrix);
  const overrides = (options.overrides ?? []).map(({ pattern, type }) => ({ pattern: new RegExp(pattern), type }));
  const counters = new Map<TensorCategory, number>();
  const tensors = header.tensors.map(({ name, type, bytes }): PresetTensorType => ({ name, type, bytes }));
  for (const traits of traitsOf(header).visited) {
    if (!traits.isQuantizable) continue;
    const { name, shape } = traits.tensor;
    const type = typeOf(traits);
    const bytes = tensorBytes(type, shape);
    if (bytes !== null) tensors[traits.index] = { name, type, bytes };
  }
  return tensors;

  function typeOf(traits: TensorTraits): TensorType {
    if (TENSOR_TYPES[baseType].blockWeights === 1) return baseType;
    const row = traits.tensor.shape[0] ?? 1;
    const divides = (type: TensorType): boolean => row % TENSOR_TYPES[type].blockWeights === 0;
    const forced = overrides.find(({ pattern }) => pattern.test(traits.tensor.name));
    return fallbackType(forced?.type ?? ruleType(traits, divides(baseType)), divides);
  }

  function ruleType({ tensor, block, category }: TensorTraits, rowDivides: boolean): TensorType {
    const count = counters.get(category) ?? 0;
    counters.set(category, count + 1);
    const byBlock = model.experts > 1 && category.startsWith('ffn-') && !COUNTED_LEVELS.includes(level);
    const index = byBlock ? expertBlock(tensor.name, block) : count;
    const stacked =
      (tensor.shape[2] ?? 1) > 1 && (header.architecture !== 'bailingmoe3' || category.startsWith('ffn-'));
    return presetRule(level, baseType, { category, index, rowDivides, stacked }, model);
  }

  function expertBlock(name: string, block: number | null): number {
    if (block === null || block >= model.blocks) {
      throw new InvalidModelFileError(
        `Tensor ${name} of a mixture of experts lies in no block of the ${String(model.blocks)} that the file declares.`,
        { hint: 'The file is damaged or was made by an incompatible tool: download it again.' },
      );
    }
    return block;
  }
}
