import { InvalidModelFileError } from '../errors/invalid-model-file-error.js';
import { UnsupportedLevelError } from '../errors/unsupported-level-error.js';
import type { ModelHeader } from '../model/model-header.js';
import type { TensorOverride } from '../ports/variant-builder.port.js';
import { statedLevel } from './file-recipe.js';
import { LEVELS } from './level.js';
import type { Level } from './level.js';
import { TINY_LEVELS, countsTensors, presetRule } from './preset-rules.js';
import type { PresetModel } from './preset-rules.js';
import { divides, sizeAs, traitsOf } from './preset-traits.js';
import type { KnownSize, PresetTensorType, TensorKind } from './preset-traits.js';
import type { TensorCategory } from './tensor-category.js';
import { TENSOR_TYPES } from './tensor-type.js';
import type { TensorType } from './tensor-type.js';

export type { PresetTensorType } from './preset-traits.js';

/** How to apply a preset. */
export interface PresetOptions {
  /** Whether an importance matrix is used; by default only where the level cannot be made without one. */
  readonly importanceMatrix?: boolean | undefined;
  /** Types forced by name pattern; the first match wins and the preset's rule is then not asked. */
  readonly overrides?: readonly TensorOverride[] | undefined;
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
    return summary(header, level, 'file', traitsOf(header).stored);
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
    tensors,
    tensorBytes: bytes,
    bitsPerWeight: weights === 0 ? 0 : (bytes * 8) / weights,
  };
}

function applyRules(header: ModelHeader, level: Level, options: PresetOptions): readonly PresetTensorType[] {
  const { baseType, needsImportanceMatrix } = LEVELS[level];
  const { visited, stored, model: facts } = traitsOf(header);
  const model: PresetModel = { ...facts, importanceMatrix: options.importanceMatrix ?? needsImportanceMatrix };
  const overrides = (options.overrides ?? []).map(({ pattern, type }) => ({ pattern: new RegExp(pattern), type }));
  const counters = new Map<TensorCategory, number>();
  const alike = new Map<TensorKind, KnownSize>();
  const tensors = [...stored];
  for (const { name, index, block, kind } of visited) {
    if (!kind.isQuantizable) continue;
    const { type, bytes } = alike.get(kind) ?? sizeOf(name, block, kind);
    tensors[index] = { name, type, bytes };
  }
  return tensors;

  function sizeOf(name: string, block: number | null, kind: TensorKind): KnownSize {
    if (TENSOR_TYPES[baseType].blockWeights === 1) return sizeAs(kind, baseType);
    const forced = overrides.find(({ pattern }) => pattern.test(name));
    const size = sizeAs(kind, forced?.type ?? ruleType(name, block, kind));
    const { category } = kind;
    if (overrides.length === 0 && !countsTensors(level, category) && !isByBlock(category)) alike.set(kind, size);
    return size;
  }

  function isByBlock(category: TensorCategory): boolean {
    return model.experts > 1 && category.startsWith('ffn-') && !TINY_LEVELS.has(level);
  }

  function ruleType(name: string, block: number | null, kind: TensorKind): TensorType {
    const { category } = kind;
    const count = counters.get(category) ?? 0;
    counters.set(category, count + 1);
    const index = isByBlock(category) ? expertBlock(name, block) : count;
    const stacked = kind.stacked && (header.architecture !== 'bailingmoe3' || category.startsWith('ffn-'));
    return presetRule(level, baseType, { category, index, rowDivides: divides(kind, baseType), stacked }, model);
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
