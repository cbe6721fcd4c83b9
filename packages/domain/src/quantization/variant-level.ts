import { LEVELS, LEVEL_NAMES, isFullPrecision, parseLevel } from './level.js';
import type { Level } from './level.js';
import { bitsPerWeight } from './tensor-type.js';
import type { TensorType } from './tensor-type.js';

/** Name of a recipe: its bits per weight over all tensors, with two decimals, such as `mixed-4.50bpw`. */
export type RecipeName = `mixed-${number}bpw`;

/** What tells the variants of a model apart: a preset's level, or the name of the recipe that gave types to tensors. */
export type VariantLevel = Level | RecipeName;

const RECIPE = /^mixed-\d{1,2}\.\d{2}bpw$/;

/** What a recipe of so many bits per weight is called. */
export function recipeName(bitsPerWeight: number): RecipeName {
  return `mixed-${bitsPerWeight.toFixed(2)}bpw` as RecipeName;
}

/** Whether a name is that of a recipe, as it is written. */
export function isRecipeName(name: string): name is RecipeName {
  return RECIPE.test(name);
}

/** Reads a level or a recipe's name without regard to case; null for anything else. */
export function parseVariantLevel(text: string): VariantLevel | null {
  const name = text.trim().toLowerCase();
  return isRecipeName(name) ? name : parseLevel(text);
}

/** Bits of a weight: those of a recipe by its name, and of a level those of the type that most matrices get. */
export function nominalBits(level: VariantLevel): number {
  return isRecipeName(level)
    ? Number(level.slice('mixed-'.length, -'bpw'.length))
    : bitsPerWeight(LEVELS[level].baseType);
}

/** The type by which speed is predicted: a level's own, and for a recipe the type closest to its bits. */
export function usualType(level: VariantLevel): TensorType {
  if (!isRecipeName(level)) return LEVELS[level].baseType;
  const bits = nominalBits(level);
  const distance = (type: TensorType): number => Math.abs(bitsPerWeight(type) - bits);
  return K_TYPES.reduce((best, type) => (distance(type) < distance(best) ? type : best));
}

const K_TYPES: readonly TensorType[] = ['Q2_K', 'Q3_K', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_0'];

/** Where a level stands from the best on, for sorting; a recipe before the first level of no more bits. */
export function levelRank(level: VariantLevel): number {
  if (!isRecipeName(level)) return LEVEL_NAMES.indexOf(level);
  const bits = nominalBits(level);
  const next = LEVEL_NAMES.findIndex((name) => !isFullPrecision(name) && nominalBits(name) <= bits);
  return (next < 0 ? LEVEL_NAMES.length : next) - 0.5;
}

/** The recipe that a model's name claims, as a file's or a tag's, or null: for servers that tell names and levels alone. */
export function recipeInName(name: string): RecipeName | null {
  const [, claimed = ''] = /[-._:](mixed-[\d.]+bpw)(?:\.gguf$|_|$)/i.exec(name) ?? [];
  return isRecipeName(claimed.toLowerCase()) ? (claimed.toLowerCase() as RecipeName) : null;
}
