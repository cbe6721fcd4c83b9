import { stat } from 'node:fs/promises';
import { InvalidInputError, type VariantLevel } from '@plimsoll/domain';
import { checkWritable } from '../../output/write-file.js';
import type { QuantizeFlags } from './quantize.flags.js';
import { targetFile } from './quantize.target.js';

/** Where a file and a recipe go. What cannot be written is refused before anything is measured. */
export interface Places {
  readonly recipe: string | null;
  readonly target: (level: VariantLevel) => Promise<string>;
}

/** Checks the places that the flags name. @throws InvalidInputError */
export async function places(
  source: string,
  { out, recipe, report, dryRun, force = false }: QuantizeFlags,
): Promise<Places> {
  if (report !== undefined) await checkWritable('--report', report);
  if (recipe !== undefined) {
    await checkWritable('--recipe', recipe);
    if (!force && ((await stat(recipe).catch(() => null))?.isFile() ?? false)) {
      throw new InvalidInputError(`--recipe names ${recipe}, which exists.`, {
        hint: 'With a target, a recipe is written. Overwrite the file with --force, or name another.',
      });
    }
  }
  const stem = source.replace(/(-(F16|BF16|F32))?\.gguf$/i, '');
  const target = (level: VariantLevel): Promise<string> =>
    targetFile({ model: source, level, out: out ?? `${stem}-${level}.gguf`, force });
  // A file that --out names is checked now; the usual name is known in the end, its folder is not.
  if (dryRun !== true) await (out === undefined ? checkWritable('--out', `${stem}-mixed.gguf`) : target('Q4_K_M'));
  return { recipe: recipe ?? null, target };
}
