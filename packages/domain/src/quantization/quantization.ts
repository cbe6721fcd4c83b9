import type { Level } from './level.js';
import { isRecipeName, nominalBits } from './variant-level.js';
import type { RecipeName, VariantLevel } from './variant-level.js';

/** How the tensors of a file are quantized: by one of llama.cpp's presets, or tensor by tensor by a recipe. */
export type Quantization =
  | { readonly kind: 'preset'; readonly level: Level }
  | {
      readonly kind: 'recipe';
      /** Name of the recipe, unique among the variants of a model. */
      readonly id: RecipeName;
      /** Bits per weight over all tensors of the file. */
      readonly bitsPerWeight: number;
    };

/** The name that stands in tables and names of variants: the level, or the recipe's id. */
export function quantizationName(quantization: Quantization): VariantLevel {
  return quantization.kind === 'preset' ? quantization.level : quantization.id;
}

/** The quantization of that name. */
export function quantizationNamed(level: VariantLevel): Quantization {
  return isRecipeName(level)
    ? { kind: 'recipe', id: level, bitsPerWeight: nominalBits(level) }
    : { kind: 'preset', level };
}

/** Whether two quantizations are the same. */
export function isSameQuantization(a: Quantization, b: Quantization): boolean {
  return a.kind === b.kind && quantizationName(a) === quantizationName(b);
}
