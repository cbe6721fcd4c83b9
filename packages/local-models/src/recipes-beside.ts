import { readdir } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { recipeInName, variantFileName } from '@plimsoll/domain';

/** Files in a model's folder that are named as that model made by a recipe: `fable-mixed-4.50bpw.gguf` of `fable-F16.gguf`. */
export async function recipesBeside(file: string): Promise<readonly string[]> {
  const folder = path.dirname(file);
  const model = stemOf(path.basename(file));
  const names = await promisify(readdir)(folder).catch((): string[] => []);
  return names
    .filter((name) => /\.gguf$/i.test(name) && recipeInName(name) !== null && stemOf(name) === model)
    .filter((name) => name !== path.basename(file))
    .sort()
    .map((name) => path.join(folder, name));
}

/** A name without its level. */
const stemOf = (name: string): string => variantFileName(name, 'F16');
