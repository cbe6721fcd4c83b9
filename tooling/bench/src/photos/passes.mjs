import { createPhotoReader } from '@plimsoll/adapter-photo';
import { ANALYSIS_EDGE, measureTechnically, scoreTechnically } from '@plimsoll/domain';
import sharp from 'sharp';
import { foundingScores } from './founding-algorithm.mjs';

/** Technical passes over one photo, by name. */
export const PASSES = {
  async ours(path) {
    const reader = createPhotoReader();
    try {
      return scoreTechnically(measureTechnically((await reader.read(path, ANALYSIS_EDGE)).pixels));
    } finally {
      await reader.close();
    }
  },
  /** The founding algorithm at full size. */
  async founding(path) {
    const { data, info } = await sharp(path).greyscale().raw().toBuffer({ resolveWithObject: true });
    return foundingScores(data, info.width, info.height);
  },
};
