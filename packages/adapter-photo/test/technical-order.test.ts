import {
  ANALYSIS_EDGE,
  SELECTION_PRESETS,
  combineTechnically,
  measureTechnically,
  scoreTechnically,
} from '@plimsoll/domain';
import type { TechnicalScores } from '@plimsoll/domain';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { CC0_PHOTOS, DEGRADATIONS, PHOTOS_WITH_LINES, cc0PhotoPath, greyPixels, tilted } from './cc0-photos.js';

const scoresOf = async (image: Buffer): Promise<TechnicalScores> =>
  scoreTechnically(measureTechnically(await greyPixels(image, ANALYSIS_EDGE)));
const overall = (scores: TechnicalScores): number => combineTechnically(scores, SELECTION_PRESETS.general);

interface Graded {
  readonly photo: string;
  readonly way: string;
  /** The original first, then worse and worse. */
  readonly scores: readonly TechnicalScores[];
}

describe('photos in the public domain and their degraded copies', () => {
  const graded: Graded[] = [];
  const sharpened: { readonly name: string; readonly scores: TechnicalScores }[] = [];

  beforeAll(async () => {
    for (const photo of CC0_PHOTOS) {
      const original = await sharp(cc0PhotoPath(photo))
        .resize({ width: 512, height: 512, fit: 'inside' })
        .png({ compressionLevel: 1 })
        .toBuffer();
      const first = await scoresOf(original);
      for (const [way, degrade] of Object.entries(DEGRADATIONS)) {
        const worse = [];
        for (const grade of [1, 2, 3] as const) worse.push(await scoresOf(await degrade(original, grade)));
        graded.push({ photo, way, scores: [first, ...worse] });
      }
      if (PHOTOS_WITH_LINES.some((name) => name === photo)) {
        const scores = [];
        for (const degrees of [0, 3, 6, 10]) scores.push(await scoresOf(await tilted(original, degrees)));
        graded.push({ photo, way: 'tilted', scores });
      }
      for (const blur of [2, 3] as const) {
        const blurred = await DEGRADATIONS.blur(original, blur);
        for (const noise of [1, 2, 3] as const) {
          const image = await DEGRADATIONS.noise(blurred, noise);
          sharpened.push({ name: `${photo}, blur ${blur}, noise ${noise}`, scores: await scoresOf(image) });
        }
      }
    }
  }, 240_000);

  test('at least 95 % of the pairs of one photo are in the right order', () => {
    const pairs = graded.flatMap(({ photo, way, scores }) =>
      scores.flatMap((better, rank) =>
        scores.slice(rank + 1).map((worse, below) => ({
          name: `${photo}, ${way}, grade ${rank} over ${rank + 1 + below}`,
          right: overall(better) > overall(worse),
        })),
      ),
    );
    const wrong = pairs.filter(({ right }) => !right).map(({ name }) => name);
    expect(pairs.length).toBe(7 * 6 * 6 + 2 * 6);
    for (const way of ['recompressed', 'tilted']) expect(wrong.filter((name) => name.includes(way))).toEqual([]);
    expect(wrong.length / pairs.length, wrong.join('\n')).toBeLessThanOrEqual(0.05);
  });

  test('blur with noise on top is never called sharp', () => {
    const called = sharpened.filter(({ scores }) => (scores.focus ?? 0) >= 3.8).map(({ name }) => name);
    expect(called).toEqual([]);
  });

  test('the originals are called sharp or nearly so', () => {
    for (const { photo, scores } of graded.filter(({ way }) => way === 'blur')) {
      expect(scores[0]!.focus, photo).toBeGreaterThan(3.8);
    }
  });

  test('the score of one photo at 512, 1,024 and 2,048 pixels differs by less than 0.3', async () => {
    for (const photo of CC0_PHOTOS) {
      const sizes = [];
      for (const longEdge of [512, 1024, 2048]) {
        const resized = await sharp(cc0PhotoPath(photo))
          .resize({ width: longEdge, height: longEdge, fit: 'inside' })
          .png({ compressionLevel: 1 })
          .toBuffer();
        sizes.push(overall(await scoresOf(resized)));
      }
      expect(Math.max(...sizes) - Math.min(...sizes), photo).toBeLessThan(0.3);
    }
  }, 60_000);

  test('where there are plumb lines, a tilt is measured to a degree and lowers the composition', async () => {
    const original = readFileSync(cc0PhotoPath('locomotion-house-cat'));
    const straight = await scoresOf(await tilted(original, 0));
    for (const degrees of [4, 8]) {
      const image = await tilted(original, degrees);
      const { composition } = measureTechnically(await greyPixels(image, ANALYSIS_EDGE));
      expect(Math.abs(composition.tiltDegrees! - degrees)).toBeLessThanOrEqual(1);
      expect((await scoresOf(image)).composition).toBeLessThan(straight.composition);
    }
  });
});
