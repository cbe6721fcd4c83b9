import type { TensorType } from './tensor-type.js';

/** What is fixed about a quantization level. */
export interface LevelFacts {
  /** llama.cpp's file type number: `general.file_type` in the file, `ftype` when quantizing. */
  readonly fileType: number;
  /** The type that most matrices get. */
  readonly baseType: TensorType;
  /** Whether llama.cpp refuses to make it without an importance matrix. */
  readonly needsImportanceMatrix: boolean;
}

/** Name of a quantization level, such as `Q4_K_M`. */
export type Level =
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'Q8_0'
  | 'Q6_K'
  | 'Q5_1'
  | 'Q5_K_M'
  | 'Q5_K_S'
  | 'Q5_0'
  | 'Q4_1'
  | 'Q4_K_M'
  | 'Q4_K_S'
  | 'Q4_0'
  | 'IQ4_NL'
  | 'IQ4_XS'
  | 'MXFP4_MOE'
  | 'NVFP4'
  | 'Q3_K_L'
  | 'Q3_K_M'
  | 'IQ3_M'
  | 'IQ3_S'
  | 'Q3_K_S'
  | 'IQ3_XS'
  | 'IQ3_XXS'
  | 'Q2_K'
  | 'Q2_K_S'
  | 'IQ2_M'
  | 'IQ2_S'
  | 'TQ2_0'
  | 'IQ2_XS'
  | 'IQ2_XXS'
  | 'TQ1_0'
  | 'IQ1_M'
  | 'IQ1_S';

const level = (fileType: number, baseType: TensorType, needsImportanceMatrix = false): LevelFacts => ({
  fileType,
  baseType,
  needsImportanceMatrix,
});

/**
 * Quantization levels, best first. Source: llama.cpp `include/llama.h` (`llama_ftype`) and
 * `src/llama-quant.cpp` (base types, importance matrix requirement).
 */
export const LEVELS: Readonly<Record<Level, LevelFacts>> = {
  F32: level(0, 'F32'),
  F16: level(1, 'F16'),
  BF16: level(32, 'BF16'),
  Q8_0: level(7, 'Q8_0'),
  Q6_K: level(18, 'Q6_K'),
  Q5_1: level(9, 'Q5_1'),
  Q5_K_M: level(17, 'Q5_K'),
  Q5_K_S: level(16, 'Q5_K'),
  Q5_0: level(8, 'Q5_0'),
  Q4_1: level(3, 'Q4_1'),
  Q4_K_M: level(15, 'Q4_K'),
  Q4_K_S: level(14, 'Q4_K'),
  Q4_0: level(2, 'Q4_0'),
  IQ4_NL: level(25, 'IQ4_NL'),
  IQ4_XS: level(30, 'IQ4_XS'),
  MXFP4_MOE: level(38, 'MXFP4'),
  NVFP4: level(39, 'NVFP4'),
  Q3_K_L: level(13, 'Q3_K'),
  Q3_K_M: level(12, 'Q3_K'),
  IQ3_M: level(27, 'IQ3_S'),
  IQ3_S: level(26, 'IQ3_S'),
  Q3_K_S: level(11, 'Q3_K'),
  IQ3_XS: level(22, 'IQ3_S'),
  IQ3_XXS: level(23, 'IQ3_XXS', true),
  Q2_K: level(10, 'Q2_K'),
  Q2_K_S: level(21, 'Q2_K', true),
  IQ2_M: level(29, 'IQ2_S', true),
  IQ2_S: level(28, 'IQ2_XS', true),
  TQ2_0: level(37, 'TQ2_0'),
  IQ2_XS: level(20, 'IQ2_XS', true),
  IQ2_XXS: level(19, 'IQ2_XXS', true),
  TQ1_0: level(36, 'TQ1_0'),
  IQ1_M: level(31, 'IQ1_M', true),
  IQ1_S: level(24, 'IQ1_S', true),
};

/** All levels, best first. */
export const LEVEL_NAMES: readonly Level[] = Object.keys(LEVELS) as Level[];

const BY_FILE_TYPE: ReadonlyMap<number, Level> = new Map(LEVEL_NAMES.map((name) => [LEVELS[name].fileType, name]));
const BY_UPPER_NAME: ReadonlyMap<string, Level> = new Map(LEVEL_NAMES.map((name) => [name.toUpperCase(), name]));

/** The level whose llama.cpp file type is `fileType`, or null when the number is not known. */
export function levelFromFileType(fileType: number): Level | null {
  return BY_FILE_TYPE.get(fileType) ?? null;
}

/** Reads a level's name without regard to case; `fp16`, `fp32` and `bfloat16` are understood. Null when unknown. */
export function parseLevel(text: string): Level | null {
  const name = text.trim().toUpperCase().replaceAll('-', '_');
  const aliases: Readonly<Record<string, Level>> = { FP16: 'F16', FP32: 'F32', BFLOAT16: 'BF16' };
  return BY_UPPER_NAME.get(name) ?? aliases[name] ?? null;
}

/** Levels below 6 bits whose quantizers look at no importance matrix. */
const BLIND: readonly Level[] = ['MXFP4_MOE', 'NVFP4', 'TQ2_0', 'TQ1_0'];

/** Whether an importance matrix makes a level clearly better: below Q6_K, where rounding errors show. */
export function profitsFromImportanceMatrix(level: Level): boolean {
  return LEVEL_NAMES.indexOf(level) > LEVEL_NAMES.indexOf('Q6_K') && !BLIND.includes(level);
}

/** Levels that models are published in before they are quantized, the one that holds most first. */
const FULL_PRECISION: readonly string[] = ['F32', 'BF16', 'F16'];

/** Whether a level is one that quantization starts from without losing twice. */
export function isFullPrecision(level: string): boolean {
  return FULL_PRECISION.includes(level);
}
