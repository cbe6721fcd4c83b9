import { isFullPrecision, statedLevel } from '@plimsoll/domain';
import type { InspectedModel, Level, VariantLevel, ModelHeader } from '@plimsoll/domain';

/**
 * The level that a model file says it has, or null. Files of gpt-oss call themselves F16 when only what is not MXFP4 in
 * them is: what most of the bytes are counts.
 */
export function fileLevel({ header }: Pick<InspectedModel, 'header'>): VariantLevel | null {
  const stated = statedLevel(header);
  return stated !== null && isFullPrecision(stated) && isMostlyMxfp4(header) ? 'MXFP4_MOE' : stated;
}

function isMostlyMxfp4({ tensors }: ModelHeader): boolean {
  const sum = (of: ModelHeader['tensors']): number => of.reduce((total, { bytes }) => total + bytes, 0);
  return sum(tensors.filter(({ type }) => type === 'MXFP4')) > sum(tensors) / 2;
}

/** The level at which the makers of a model published it, where that is a quantized one; null where it is not. */
export function publishedLevel(inspected: Pick<InspectedModel, 'header'>): Level | null {
  return inspected.header.architecture === 'gpt-oss' && fileLevel(inspected) === 'MXFP4_MOE' ? 'MXFP4_MOE' : null;
}
