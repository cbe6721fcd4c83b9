import { isFullPrecision, isPlimsollError } from '@plimsoll/domain';
import type { FootprintModel, InspectedModel, PlanVariant, VariantLevel } from '@plimsoll/domain';
import { fileLevel, publishedLevel } from './file-level.js';
import { USUAL_LEVELS } from './plan-model-request.js';

/** The usual levels, with the file's own among them. */
export function usualLevels(inspected: InspectedModel): readonly VariantLevel[] {
  const own = fileLevel(inspected);
  if (own === null || USUAL_LEVELS.includes(own)) return USUAL_LEVELS;
  // A BF16 or F32 file stands where F16 would: it is the same weights.
  return own === 'BF16' || own === 'F32' ? [own, ...USUAL_LEVELS.slice(1)] : [own, ...USUAL_LEVELS];
}

/**
 * A level larger than the file cannot hold more than the file does, unless someone else made it from something better:
 * of a model that was published quantized nobody can.
 */
export function isWorthOffering(
  inspected: InspectedModel,
  model: FootprintModel,
  level: VariantLevel,
  variant: PlanVariant | undefined,
): boolean {
  if (level === fileLevel(inspected)) return true;
  // Such a file calls itself F16 and holds MXFP4: by its own word F16 would be the same file.
  if (publishedLevel(inspected) !== null && isFullPrecision(level)) return false;
  const here = variant?.status === 'local' || variant?.status === 'remote';
  if (here && publishedLevel(inspected) === null) return true;
  try {
    return model.weightBytes(level) <= model.weightBytes('file');
  } catch (error) {
    // The plan says why a level cannot be made.
    if (isPlimsollError(error)) return true;
    throw error;
  }
}
