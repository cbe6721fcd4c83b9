import { metadataNumber, metadataString } from '../model/model-header.js';
import type { ModelHeader } from '../model/model-header.js';
import { levelFromFileType, parseLevel } from './level.js';
import type { Level } from './level.js';
import { isRecipeName } from './variant-level.js';
import type { RecipeName, VariantLevel } from './variant-level.js';

/** What a file that was made by a recipe says of it in its metadata. */
export interface FileRecipe {
  readonly name: RecipeName;
  /** How it fared when it was made, on text that was not used for choosing; null where that was not measured. */
  readonly measured: RecipeMeasurement | null;
}

/** Mean KL divergences from the source in nats per token: of a recipe, and of the preset it was held against. */
export interface RecipeMeasurement {
  readonly meanKld: number;
  readonly preset: { readonly level: Level; readonly meanKld: number } | null;
}

const KEYS = {
  name: 'plimsoll.recipe.name',
  meanKld: 'plimsoll.recipe.mean_kld',
  presetLevel: 'plimsoll.recipe.preset.name',
  presetKld: 'plimsoll.recipe.preset.mean_kld',
} as const;

/** What to write into a file so that `fileRecipe` reads it. */
export function recipeMetadata({ name, measured }: FileRecipe): Readonly<Record<string, string | number>> {
  const preset = measured?.preset ?? null;
  return {
    [KEYS.name]: name,
    ...(measured === null ? {} : { [KEYS.meanKld]: measured.meanKld }),
    ...(preset === null ? {} : { [KEYS.presetLevel]: preset.level, [KEYS.presetKld]: preset.meanKld }),
  };
}

/** The recipe that a file names, or null. Values that cannot be are passed over. */
export function fileRecipe(header: ModelHeader): FileRecipe | null {
  const name = metadataString(header, KEYS.name);
  if (name === null || !isRecipeName(name)) return null;
  const meanKld = lossAt(header, KEYS.meanKld);
  const level = parseLevel(metadataString(header, KEYS.presetLevel) ?? '');
  const presetKld = lossAt(header, KEYS.presetKld);
  const preset = level === null || presetKld === null ? null : { level, meanKld: presetKld };
  return { name, measured: meanKld === null ? null : { meanKld, preset } };
}

/** The recipe that made a file, or the level that it says it has; null when it says neither. */
export function statedLevel(header: ModelHeader): VariantLevel | null {
  const fileType = metadataNumber(header, 'general.file_type');
  return fileRecipe(header)?.name ?? (fileType === null ? null : levelFromFileType(fileType));
}

function lossAt(header: ModelHeader, key: string): number | null {
  const value = metadataNumber(header, key);
  return value !== null && value >= 0 ? value : null;
}
