import type { BackendUseCases } from '@plimsoll/composition';
import { levelFileBytes, recipeName } from '@plimsoll/domain';
import type { CallOptions, FileRecipe, Level, TensorOverride } from '@plimsoll/domain';

/** What a recipe is made of. */
export interface RecipeBuild {
  readonly model: string;
  /** For what no pattern matches. */
  readonly level: Level;
  readonly overrides: readonly TensorOverride[];
  readonly importanceMatrix: boolean;
}

/** What a variant by a recipe is called: by the bytes that it will have. Nothing was measured of it. */
export async function madeRecipe(
  use: BackendUseCases,
  { model, level, overrides, importanceMatrix }: RecipeBuild,
  options: CallOptions,
): Promise<FileRecipe> {
  const source = await (await use.ensure()).source(model, options);
  const { header } = await (await use.inspect(source)).inspect(source, options);
  const weights = header.tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
  const bytes = levelFileBytes(header, level, { overrides, importanceMatrix });
  return { name: recipeName((bytes * 8) / weights), measured: null };
}
