import { LEVELS } from './level.js';
import type { Level } from './level.js';

/** How the tensors of a file are quantized: by one of llama.cpp's presets, or tensor by tensor by a recipe. */
export type Quantization =
  | { readonly kind: 'preset'; readonly level: Level }
  | {
      readonly kind: 'recipe';
      /** Name of the recipe, unique among the variants of a model, such as `mixed-4.50bpw`. */
      readonly id: string;
      /** Bits per weight over all tensors of the file. */
      readonly bitsPerWeight: number;
    };

/** The name that stands in tables and names of variants: the level, or the recipe's id. */
export function quantizationName(quantization: Quantization): string {
  return quantization.kind === 'preset' ? quantization.level : quantization.id;
}

/** A preset as a quantization. */
export function preset(level: Level): Quantization {
  return { kind: 'preset', level };
}

/** Whether two quantizations are the same. */
export function isSameQuantization(a: Quantization, b: Quantization): boolean {
  return a.kind === b.kind && quantizationName(a) === quantizationName(b);
}

/** Whether a name is that of a preset. */
export function isPresetName(name: string): name is Level {
  return Object.hasOwn(LEVELS, name);
}
