import { createLoadedModel } from '@plimsoll/domain';
import type {
  Companions,
  FootprintModel,
  ModelHeader,
  PlanRequest,
  PlanVariant,
  RecipeName,
  VariantLevel,
} from '@plimsoll/domain';
import { knowledgeFrom } from './learned-knowledge.js';
import type { PlannedRecipe } from './planned-recipes.js';
import type { LearnedRecords } from './learned-knowledge.js';

/** What a plan asks functions about. */
type Asked = 'footprint' | 'variantOf' | 'recipeOf' | 'measuredSpeed' | 'measuredQuality' | 'calibration';

/** Everything that a plan is made from, as plain data: it can be handed to another thread. */
export interface PlanInput extends Omit<PlanRequest, Asked> {
  readonly header: ModelHeader;
  /** What is loaded beside the model. */
  readonly companions: Companions;
  /** The level whose bytes are counted from the file as it is; null when the file does not say. */
  readonly ownLevel: VariantLevel | null;
  readonly variants: ReadonlyMap<VariantLevel, PlanVariant>;
  /** The recipes among the levels. */
  readonly recipes: ReadonlyMap<RecipeName, PlannedRecipe>;
  readonly records: LearnedRecords;
  /** The model as the user names it. */
  readonly named: string;
}

/** Footprints of the model at presets and by its recipes. */
export function plannedFootprints({
  header,
  companions,
  recipes,
}: Pick<PlanInput, 'header' | 'companions' | 'recipes'>): FootprintModel {
  const tensors = new Map([...recipes].map(([name, recipe]) => [name, recipe.tensors]));
  return createLoadedModel(header, companions, { recipes: tensors });
}

/** The request that the domain plans. `model` saves the time to prepare the header again. */
export function planRequestOf(input: PlanInput, model?: FootprintModel): PlanRequest {
  const { header, companions, ownLevel, variants, recipes, records, named, ...request } = input;
  const footprints = model ?? plannedFootprints({ header, companions, recipes });
  return {
    ...request,
    // The file's own level is counted from the file as it is; others from the rules of their presets.
    footprint: (level, shape) => footprints.footprint(level === ownLevel ? 'file' : level, shape),
    variantOf: (level) => variants.get(level) ?? { name: named, status: 'unknown' },
    recipeOf: (name) => recipes.get(name)?.measured ?? null,
    ...knowledgeFrom(records),
  };
}
