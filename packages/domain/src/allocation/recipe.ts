import type { TensorOverride } from '../ports/variant-builder.port.js';
import type { Quantization } from '../quantization/quantization.js';
import type { TensorType } from '../quantization/tensor-type.js';

/** The type of one tensor in a recipe. */
export interface RecipeEntry {
  readonly tensor: string;
  readonly type: TensorType;
}

/** A recipe as overrides of a build: one pattern per tensor, which matches that name alone. */
export function recipeOverrides(entries: readonly RecipeEntry[]): TensorOverride[] {
  return entries.map(({ tensor, type }) => ({ pattern: `^${escapePattern(tensor)}$`, type }));
}

/** A recipe as lines that `llama-quantize --tensor-type-file` reads. */
export function recipeLines(entries: readonly RecipeEntry[]): string[] {
  return recipeOverrides(entries).map(({ pattern, type }) => `${pattern}=${type.toLowerCase()}`);
}

/** What a variant made by a recipe is called: by its bits per weight over `elements` weights. */
export function recipeQuantization(bytes: number, elements: number): Extract<Quantization, { kind: 'recipe' }> {
  const bitsPerWeight = (bytes * 8) / elements;
  return { kind: 'recipe', id: `mixed-${bitsPerWeight.toFixed(2)}bpw`, bitsPerWeight };
}

function escapePattern(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
