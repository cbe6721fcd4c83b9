import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaceFinder } from '@plimsoll/domain';
import { openFaceFinder } from '../src/index.js';
import { CC0_PHOTOS, cc0PhotoPath } from './cc0-photos.js';

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

test('finds none where there is none', async () => {
  const found = await Promise.all(
    CC0_PHOTOS.map(async (name) => finder.find(await sharp(cc0PhotoPath(name)).resize(640).jpeg().toBuffer())),
  );
  expect(found.flat()).toEqual([]);
});
