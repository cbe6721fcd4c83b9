import { readFile } from 'node:fs/promises';
import {
  InvalidInputError,
  parseLevel,
  parseRecipeLines,
  recipeLines,
  type Level,
  type RecipeEntry,
  type TensorOverride,
} from '@plimsoll/domain';
import { writeWhole } from '../../output/write-file.js';

/** A recipe as it is built: a level for what no pattern matches, and the patterns. */
export interface Recipe {
  readonly level: Level;
  readonly overrides: readonly TensorOverride[];
}

/** A pattern that no tensor has: llama.cpp knows no comments, and passes over what matches nothing. */
const LEVEL_LINE = /^(?:plimsoll-level-(\S+)=\S+|#\s*level:\s*(\S+))$/m;

/** Writes a recipe as lines `PATTERN=TYPE`, which `llama-quantize --tensor-type-file` reads as well. */
export async function writeRecipe(file: string, level: Level, entries: readonly RecipeEntry[]): Promise<void> {
  await writeWhole(file, `plimsoll-level-${level}=q8_0\n${recipeLines(entries).join('\n')}\n`);
}

/** Reads such a file, or one of llama.cpp. @throws InvalidInputError */
export async function readRecipe(file: string): Promise<Recipe> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new InvalidInputError(`--recipe names ${file}, which cannot be read.`, { cause });
  }
  const [, own, commented] = LEVEL_LINE.exec(text) ?? [];
  const named = own ?? commented ?? 'Q4_K_M';
  const level = parseLevel(named);
  if (level === null) throw new InvalidInputError(`The recipe ${file} names the level ${named}, which does not exist.`);
  const overrides = parseRecipeLines(text.replace(LEVEL_LINE, '').replace(/^\s*#.*$/gm, ''));
  if (overrides.length === 0) throw new InvalidInputError(`The recipe ${file} names no tensor.`);
  return { level, overrides };
}
