import type { Level } from './level.js';
import type { TensorCategory } from './tensor-category.js';
import type { TensorType } from './tensor-type.js';

/** What the rules ask about the model. */
export interface PresetModel {
  readonly architecture: string;
  /** Query heads per key/value head of the first layer; 0 when it has none. */
  readonly headsPerKvHead: number;
  readonly experts: number;
  /** Whether llama.cpp counts it as its 70B class, whose values are 8 times smaller than its queries. */
  readonly is70B: boolean;
  readonly tiedEmbeddings: boolean;
  /** All blocks, prediction layers included: the `n` of the feed-forward rules. */
  readonly blocks: number;
  /** Tensors that carry values: the `n` of the attention rules. */
  readonly valueTensors: number;
  /** Whether an importance matrix is used, which changes a few rules. */
  readonly importanceMatrix: boolean;
}

/** The tensor that a rule is asked about. */
export interface PresetTensor {
  readonly category: TensorCategory;
  /** Running number of this tensor within its category; for the feed-forward of mixtures mostly the block it lies in. */
  readonly index: number;
  readonly rowDivides: boolean;
  /** Third dimension above 1: a stack of experts. */
  readonly stacked: boolean;
}

const among = (level: Level, ...levels: readonly Level[]): boolean => levels.includes(level);

/** Levels of less than three bits, which have rules of their own: they count feed-forward tensors one by one even in mixtures. */
export const TINY_LEVELS: ReadonlySet<Level> = new Set<Level>([
  'IQ1_S',
  'IQ1_M',
  'IQ2_XXS',
  'IQ2_XS',
  'IQ2_S',
  'IQ2_M',
]);

/** Every third tensor in the middle, all of the first and last eighth. Integer division, as in the source. */
const getsMoreBits = (i: number, n: number): boolean =>
  i < Math.trunc(n / 8) || i >= Math.trunc((7 * n) / 8) || (i - Math.trunc(n / 8)) % 3 === 2;

/** Whether the rule for a category looks at the running number; elsewhere tensors of one kind get one type. */
export function countsTensors(level: Level, category: TensorCategory): boolean {
  if (category === 'attention-v' || category === 'ffn-down') return true;
  return level === 'IQ3_XS' && (category === 'ffn-gate' || category === 'ffn-up');
}

/**
 * The type a preset gives to one tensor, before the fallback for rows that do not divide into blocks.
 * Source: llama.cpp v0.5.0 `src/llama-quant.cpp`, `llama_tensor_get_type_impl`.
 */
export function presetRule(level: Level, base: TensorType, tensor: PresetTensor, model: PresetModel): TensorType {
  const isOutput = tensor.category === 'output' || (model.tiedEmbeddings && tensor.category === 'token-embedding');
  if (isOutput) return outputRule(level, base, tensor, model);
  if (level === 'MXFP4_MOE') return tensor.stacked ? 'MXFP4' : 'Q8_0';
  if (tensor.category === 'token-embedding') return embeddingRule(level, base);
  if (TINY_LEVELS.has(level)) return tinyRule(level, base, tensor, model);
  switch (tensor.category) {
    case 'attention-v':
      return valueRule(level, base, tensor.index, model);
    case 'attention-k':
      if (model.experts === 8) return 'Q8_0';
      return level === 'IQ3_XS' ? 'IQ3_XXS' : level === 'IQ3_XXS' ? 'IQ2_S' : base;
    case 'attention-q':
      return level === 'IQ3_XS' ? 'IQ3_XXS' : level === 'IQ3_XXS' ? 'IQ2_S' : base;
    case 'attention-output':
      return attentionOutputRule(level, base, model);
    case 'ffn-down':
      return downRule(level, base, tensor.index, model);
    case 'ffn-gate':
    case 'ffn-up': {
      const n = model.blocks;
      const middle = tensor.index >= Math.trunc(n / 8) && tensor.index < Math.trunc((7 * n) / 8);
      return level === 'IQ3_XS' && middle ? 'IQ3_XXS' : base;
    }
    case 'other':
      return base;
  }
}

function outputRule(level: Level, base: TensorType, tensor: PresetTensor, model: PresetModel): TensorType {
  if (level === 'MXFP4_MOE' || model.architecture === 'falcon' || !tensor.rowDivides) return 'Q8_0';
  if (TINY_LEVELS.has(level) || level === 'IQ3_XXS') return 'Q5_K';
  return base === 'Q8_0' ? 'Q8_0' : 'Q6_K';
}

function embeddingRule(level: Level, base: TensorType): TensorType {
  if (among(level, 'IQ2_XXS', 'IQ2_XS', 'IQ1_S', 'IQ1_M')) return 'Q2_K';
  if (among(level, 'IQ2_S', 'IQ2_M', 'IQ3_XXS')) return 'IQ3_S';
  return among(level, 'TQ1_0', 'TQ2_0') ? 'Q4_K' : base;
}

function tinyRule(level: Level, base: TensorType, tensor: PresetTensor, model: PresetModel): TensorType {
  const larger = among(level, 'IQ2_S', 'IQ2_M');
  switch (tensor.category) {
    case 'attention-v':
      if (model.headsPerKvHead >= 4 || model.experts >= 4) return 'Q4_K';
      return larger ? 'IQ3_S' : 'Q2_K';
    case 'attention-k':
      return model.experts === 8 ? 'Q4_K' : base;
    case 'ffn-down':
      return tensor.index < Math.trunc(model.blocks / 8) ? (larger ? 'IQ3_S' : 'Q2_K') : base;
    case 'attention-output':
      if (model.experts === 8) return 'Q5_K';
      if (among(level, 'IQ1_S', 'IQ1_M')) return 'IQ2_XXS';
      return larger ? 'IQ3_S' : base;
    case 'attention-q':
    case 'ffn-gate':
    case 'ffn-up':
    case 'token-embedding':
    case 'output':
    case 'other':
      return base;
  }
}

function valueRule(level: Level, base: TensorType, index: number, model: PresetModel): TensorType {
  if (model.experts === 8) return 'Q8_0';
  const type = groupedValueRule(level, base, index, model);
  return model.is70B && (type === 'Q3_K' || type === 'Q4_K') ? 'Q5_K' : type;
}

function groupedValueRule(level: Level, base: TensorType, index: number, model: PresetModel): TensorType {
  const grouped = model.headsPerKvHead >= 4;
  if (level === 'Q2_K') return grouped ? 'Q4_K' : 'Q3_K';
  if (level === 'IQ3_XXS') return grouped ? 'Q4_K' : model.importanceMatrix ? 'IQ3_XXS' : 'IQ3_S';
  if (among(level, 'Q2_K_S', 'IQ3_XS', 'IQ3_S')) return grouped ? 'Q4_K' : base;
  if (level === 'IQ3_M') return 'Q4_K';
  if (level === 'Q3_K_M') return index < 2 ? 'Q5_K' : 'Q4_K';
  if (level === 'Q3_K_L') return 'Q5_K';
  if (among(level, 'IQ4_NL', 'IQ4_XS')) return grouped ? 'Q5_K' : base;
  if (among(level, 'Q4_K_M', 'Q5_K_M')) return getsMoreBits(index, model.valueTensors) ? 'Q6_K' : base;
  return level === 'Q4_K_S' && index < 4 ? 'Q5_K' : base;
}

function attentionOutputRule(level: Level, base: TensorType, model: PresetModel): TensorType {
  if (model.architecture === 'falcon') return level === 'Q3_K_L' ? 'Q4_K' : base;
  if (model.experts === 8) {
    const raised: readonly Level[] = [
      'Q2_K',
      'IQ3_XS',
      'IQ3_XXS',
      'Q3_K_S',
      'Q3_K_M',
      'IQ4_NL',
      'Q4_K_S',
      'Q4_K_M',
      'IQ3_S',
      'IQ3_M',
      'IQ4_XS',
    ];
    return raised.includes(level) ? 'Q5_K' : base;
  }
  if (level === 'Q2_K') return 'Q3_K';
  if (level === 'IQ3_XXS') return 'IQ3_S';
  if (among(level, 'Q3_K_M', 'IQ3_M')) return 'Q4_K';
  return level === 'Q3_K_L' ? 'Q5_K' : base;
}

function downRule(level: Level, base: TensorType, index: number, model: PresetModel): TensorType {
  const n = model.blocks;
  const falcon = model.architecture === 'falcon';
  const firstEighth = index < Math.trunc(n / 8);
  const firstSixteenth = index < Math.trunc(n / 16);
  const more = getsMoreBits(index, n);
  if (level === 'Q2_K') return 'Q3_K';
  if (level === 'Q2_K_S') return firstEighth ? 'Q4_K' : base;
  if (level === 'IQ3_XXS' && !model.importanceMatrix) return firstEighth ? 'Q4_K' : 'Q3_K';
  if (level === 'Q3_K_M') return firstSixteenth ? 'Q5_K' : !falcon || more ? 'Q4_K' : 'Q3_K';
  if (level === 'IQ3_M') return firstEighth || (model.experts === 8 && more) ? 'Q4_K' : base;
  if (level === 'Q3_K_L') return falcon ? 'Q4_K' : 'Q5_K';
  if (level === 'Q4_K_M') {
    if (falcon) return firstSixteenth ? 'Q6_K' : more ? 'Q5_K' : 'Q4_K';
    return more ? 'Q6_K' : base;
  }
  if (among(level, 'IQ4_NL', 'IQ4_XS') && !model.importanceMatrix) return firstEighth ? 'Q5_K' : base;
  if (level === 'Q5_K_M') return more ? 'Q6_K' : base;
  if (level === 'Q4_K_S') return !falcon && firstEighth ? 'Q5_K' : base;
  if (model.importanceMatrix && firstEighth) {
    if (level === 'Q4_0') return 'Q4_1';
    if (level === 'Q5_0') return 'Q5_1';
  }
  return base;
}

const FALLBACK: Readonly<Partial<Record<TensorType, TensorType>>> = {
  IQ1_S: 'IQ4_NL',
  IQ1_M: 'IQ4_NL',
  IQ2_XXS: 'IQ4_NL',
  IQ2_XS: 'IQ4_NL',
  IQ2_S: 'IQ4_NL',
  IQ3_XXS: 'IQ4_NL',
  IQ3_S: 'IQ4_NL',
  IQ4_XS: 'IQ4_NL',
  Q2_0: 'Q4_0',
  Q2_K: 'Q4_0',
  Q3_K: 'Q4_0',
  TQ1_0: 'Q4_0',
  TQ2_0: 'Q4_0',
  Q4_K: 'Q5_0',
  Q5_K: 'Q5_1',
  Q6_K: 'Q8_0',
};

/** The type with smaller blocks that stands in when a row does not divide; F16 when there is none that fits. */
export function fallbackType(type: TensorType, divides: (type: TensorType) => boolean): TensorType {
  if (divides(type)) return type;
  const smaller = FALLBACK[type];
  return smaller !== undefined && divides(smaller) ? smaller : 'F16';
}
