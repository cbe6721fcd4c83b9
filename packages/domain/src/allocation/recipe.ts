import type { TensorOverride } from '../ports/variant-builder.port.js';
import { InvalidInputError } from '../errors/invalid-input-error.js';
import { TENSOR_TYPES } from '../quantization/tensor-type.js';
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

/**
 * Reads lines `PATTERN=TYPE`, as `llama-quantize --tensor-type-file` does; empty ones are skipped.
 * @throws InvalidInputError for anything else
 */
export function parseRecipeLines(text: string): TensorOverride[] {
  return text.split(/\s+/).flatMap((line) => {
    if (line === '') return [];
    const equals = line.lastIndexOf('=');
    const pattern = line.slice(0, Math.max(0, equals));
    const type = line.slice(equals + 1).toUpperCase();
    if (pattern === '' || !isTensorType(type) || !isPattern(pattern)) {
      throw new InvalidInputError(`"${line}" is not a line of a recipe.`, {
        hint: 'A line is PATTERN=TYPE, such as blk\\.0\\.attn_v=q6_K; the pattern is a regular expression.',
      });
    }
    return [{ pattern, type }];
  });
}

function isTensorType(text: string): text is TensorType {
  return Object.hasOwn(TENSOR_TYPES, text);
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function escapePattern(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
