import { mergeLoadOptions, shapeOf } from '@plimsoll/domain';
import type { VariantLevel, LoadOptions, PartialShape } from '@plimsoll/domain';
import type { ChosenVariant } from '../variants/chosen-variant.js';

/** Room for the prompt, a picture (up to about 2,000 tokens in common models) and the answer. */
const CONTEXT_TOKENS = 4096;

/** What rating photos wishes about loading; the settings win. */
export const PHOTO_LOAD: LoadOptions = { contextTokens: CONTEXT_TOKENS };

/** The variant and the point that are asked to judge. */
export interface AskedVariant {
  /** Variant, digest and shape in one text: the same exactly when all of them are. */
  readonly key: string;
  /** The level that is wanted, also where another one stands in for it; null when the backend does not say. */
  readonly level: VariantLevel | null;
}

/** What a choice of the settings asks for. */
export function askedVariant(chosen: ChosenVariant): AskedVariant {
  const { variant, digest, level, wanted } = chosen;
  const shape = Object.entries(photoShape(chosen)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key: [variant, digest ?? '', JSON.stringify(shape)].join(' '), level: wanted?.level ?? level };
}

/** The shape in which a variant judges photos. */
export function photoShape({ load }: Pick<ChosenVariant, 'load'>): PartialShape {
  return shapeOf(mergeLoadOptions(PHOTO_LOAD, load));
}
