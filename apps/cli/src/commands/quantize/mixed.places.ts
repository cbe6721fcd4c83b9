import { stat } from 'node:fs/promises';
import type { BackendUseCases } from '@plimsoll/composition';
import { InvalidInputError, type VariantLevel } from '@plimsoll/domain';
import { checkWritable } from '../../output/write-file.js';
import type { QuantizeFlags } from './quantize.flags.js';
import { importTarget, targetFile } from './quantize.target.js';

/** Where a variant and a recipe go. What cannot be written is refused before anything is measured. */
export interface Places {
  readonly recipe: string | null;
  /** A file, or a name on a server; undefined where the backend's naming holds. */
  readonly target: (level: VariantLevel) => Promise<string | undefined>;
}

/** What goes where. */
export interface PlacedModel {
  /** As the user names it. */
  readonly model: string;
  /** The file that is quantized. */
  readonly file: string;
}

/** Checks the places that the flags name. @throws InvalidInputError */
export async function places(
  use: BackendUseCases,
  { model, file }: PlacedModel,
  flags: QuantizeFlags,
): Promise<Places> {
  const { out, recipe = null, report, dryRun, force = false } = flags;
  if (report !== undefined) await checkWritable('--report', report);
  if (recipe !== null) await checkRecipe(recipe, force);
  if (!use.backend.runsFiles) return { recipe, target: async (level) => out ?? importTarget(use, model, level) };
  const stem = file.replace(/(-(F16|BF16|F32))?\.gguf$/i, '');
  const target = (level: VariantLevel): Promise<string> =>
    targetFile({ model: file, level, out: out ?? `${stem}-${level}.gguf`, force });
  // A file that --out names is checked now; the usual name is known in the end, its folder is not.
  if (dryRun !== true) await (out === undefined ? checkWritable('--out', `${stem}-mixed.gguf`) : target('Q4_K_M'));
  return { recipe, target };
}

async function checkRecipe(recipe: string, force: boolean): Promise<void> {
  await checkWritable('--recipe', recipe);
  if (force || !((await stat(recipe).catch(() => null))?.isFile() ?? false)) return;
  throw new InvalidInputError(`--recipe names ${recipe}, which exists.`, {
    hint: 'With a target, a recipe is written. Overwrite the file with --force, or name another.',
  });
}
