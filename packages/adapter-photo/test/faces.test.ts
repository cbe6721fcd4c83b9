import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ANALYSIS_EDGE, measureFaces, measureTechnically, scoreTechnically } from '@plimsoll/domain';
import type { FaceFinder } from '@plimsoll/domain';
import { openFaceFinder } from '../src/index.js';
import { CC0_PHOTOS, DEGRADATIONS, cc0PhotoPath, greyPixels } from './cc0-photos.js';

const portrait = readFileSync(new URL('./__fixtures__/astronaut.jpg', import.meta.url));
let finder: FaceFinder;
beforeAll(async () => {
  finder = await openFaceFinder();
});
afterAll(() => finder.close());

test('finds the face of a portrait, and both of two', async () => {
  const [face, ...others] = await finder.find(portrait);
  expect(others).toEqual([]);
  expect(face!.confidence).toBeGreaterThan(0.7);
  expect(face!.width).toBeGreaterThan(0.2);
  expect(face!.width).toBeLessThan(0.5);
  const twins = await sharp({ create: { width: 680, height: 340, channels: 3, background: '#888' } })
    .composite([
      { input: portrait, left: 0, top: 0 },
      { input: await sharp(portrait).flop().toBuffer(), left: 340, top: 0 },
    ])
    .jpeg()
    .toBuffer();
  expect(await finder.find(twins)).toHaveLength(2);
});

const eyesOf = async (picture: Buffer, noise = 0): Promise<number> =>
  measureFaces(await finder.find(picture), noise).eyesScore!;

test('eyes are as sharp as they are: less with each blur, and no more with noise', async () => {
  const blurred = (sigma: number) => sharp(portrait).blur(sigma).png().toBuffer();
  const scores = [await eyesOf(portrait), await eyesOf(await blurred(0.8)), await eyesOf(await blurred(1.2))];
  expect(scores[0]).toBeGreaterThan(3.8);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  expect(scores[0]! - scores[2]!).toBeGreaterThan(0.5);
  const noisy = await DEGRADATIONS.noise(await blurred(1.2), 2);
  const { noiseSigma } = measureTechnically(await greyPixels(noisy, ANALYSIS_EDGE));
  expect(Math.abs((await eyesOf(noisy, noiseSigma!)) - scores[2]!)).toBeLessThan(0.3);
});

test('soft eyes before a sharp background are soft, though the photo is sharp', async () => {
  const missed = await sharp(cc0PhotoPath('dust-bowl-home'))
    .resize(1024)
    .composite([
      { input: await sharp(portrait).resize(300).resize(700).blur(1.2).png().toBuffer(), left: 160, top: 20 },
    ])
    .jpeg({ quality: 90 })
    .toBuffer();
  const { focus } = scoreTechnically(measureTechnically(await greyPixels(missed, ANALYSIS_EDGE)));
  expect(focus).toBeGreaterThan(3.8);
  expect(await eyesOf(missed)).toBeLessThan(3);
});

test('eyes of a few pixels are not judged', async () => {
  const small = await sharp(portrait).resize(170).toBuffer();
  const measured = measureFaces(await finder.find(small), 0);
  expect(measured).toEqual({ count: 1, eyesScore: null });
});

test('finds none where there is none', async () => {
  const found = await Promise.all(
    CC0_PHOTOS.map(async (name) => finder.find(await sharp(cc0PhotoPath(name)).resize(640).jpeg().toBuffer())),
  );
  expect(found.flat()).toEqual([]);
});
