import { fileRecipe, isPlimsollError, isRecipeName, levelRank } from '@plimsoll/domain';
import type {
  CallOptions,
  InspectedModel,
  ModelHeader,
  PresetTensorType,
  RecipeMeasurement,
  RecipeName,
  VariantLevel,
} from '@plimsoll/domain';
import type { InspectModel } from '../models/inspect-model.js';
import type { EnsureVariant } from '../variants/ensure-variant.js';

/** What a plan knows of a variant that a recipe made. */
export interface PlannedRecipe {
  /** As its own file has them. */
  readonly tensors: readonly PresetTensorType[];
  /** How it fared when it was made, or null. */
  readonly measured: RecipeMeasurement | null;
}

/** Where recipes are looked for. */
export interface RecipeSources {
  readonly ensure: EnsureVariant;
  readonly inspect: InspectModel;
}

/** The variants of a model that recipes made and that are at hand, each read from its own header. */
export async function plannedRecipes(
  { ensure, inspect }: RecipeSources,
  model: string,
  inspected: InspectedModel,
  options?: CallOptions,
): Promise<ReadonlyMap<RecipeName, PlannedRecipe>> {
  const recipes = new Map<RecipeName, PlannedRecipe>();
  const add = (header: ModelHeader): void => {
    const made = fileRecipe(header);
    if (made === null || header.architecture !== inspected.header.architecture) return;
    const tensors = header.tensors.map(({ name, type, bytes }) => ({ name, type, bytes }));
    recipes.set(made.name, { tensors, measured: made.measured });
  };
  add(inspected.header);
  try {
    for (const { name, level } of await ensure.installed(model, { signal: options?.signal, remote: false })) {
      if (level !== null && isRecipeName(level) && !recipes.has(level))
        add((await inspect.inspect(name, options)).header);
    }
  } catch (error) {
    // A plan does not depend on whether the backend answers.
    if (!isPlimsollError(error) || error.code === 'cancelled') throw error;
  }
  return recipes;
}

/** Levels with the recipes among them, best first. */
export function withRecipes(
  levels: readonly VariantLevel[],
  recipes: ReadonlyMap<RecipeName, PlannedRecipe>,
): readonly VariantLevel[] {
  const added = [...recipes.keys()].filter((name) => !levels.includes(name));
  return added.length === 0 ? levels : [...levels, ...added].toSorted((a, b) => levelRank(a) - levelRank(b));
}
