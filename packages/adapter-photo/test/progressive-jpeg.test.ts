import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { JpegOptions } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPhotoReader } from '../src/index.js';
import { cc0PhotoPath } from './cc0-photos.js';

/** Reads every progressive JPEG at an eighth of its size, as only large ones are otherwise. */
const reduced = createPhotoReader({ mostCoefficientBytes: 0 });
const whole = createPhotoReader();
const EDGE = 96;
let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-progressive-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, options: JpegOptions, orientation = 1): Promise<string> {
  // No whole number of blocks, nor of units; without detail that different ways to scale would show differently.
  const picture = sharp(cc0PhotoPath('nagasaki-boats')).resize(1003, 803, { fit: 'fill' }).blur(8);
  await picture
    .withMetadata({ orientation })
    .jpeg({ quality: 90, ...options, progressive: true })
    .toFile(at(name));
  return at(name);
}

async function difference(file: string): Promise<{ readonly mean: number; readonly most: number }> {
  const [one, other] = [await reduced.read(file, EDGE), await whole.read(file, EDGE)];
  expect({ ...one, pixels: null }).toEqual({ ...other, pixels: null });
  expect([one.pixels.width, one.pixels.height]).toEqual([other.pixels.width, other.pixels.height]);
  const differences = Array.from(one.pixels.grey, (value, index) => Math.abs(value - (other.pixels.grey[index] ?? 0)));
  return {
    mean: differences.reduce((sum, value) => sum + value, 0) / differences.length,
    most: Math.max(...differences),
  };
}

describe('a progressive JPEG by the means of its blocks', () => {
  test.each([
    ['4:2:0', { chromaSubsampling: '4:2:0' }, 1],
    ['4:4:4', { chromaSubsampling: '4:4:4' }, 1],
    ['scans as mozjpeg arranges them', { mozjpeg: true }, 1],
    ['turned', {}, 6],
    ['mirrored', {}, 5],
  ] as const)('is the same picture: %s', async (name, options, orientation) => {
    const file = await write(`${name.replaceAll(':', '')}.jpg`, options, orientation);
    const { mean, most } = await difference(file);
    expect(mean).toBeLessThan(1.5);
    expect(most).toBeLessThan(8);
  });

  test('is the same picture in colours', async () => {
    const file = await write('colours.jpg', {});
    const averages = async (jpeg: Uint8Array): Promise<readonly number[]> =>
      (await sharp(jpeg).stats()).channels.map(({ mean }) => mean);
    const [one, other] = [await averages(await reduced.jpeg(file, EDGE)), await averages(await whole.jpeg(file, EDGE))];
    for (const [channel, mean] of one.entries()) expect(Math.abs(mean - (other[channel] ?? 0))).toBeLessThan(1);
  });

  test('grey alone', async () => {
    await sharp(cc0PhotoPath('nagasaki-boats')).blur(8).greyscale().jpeg({ progressive: true }).toFile(at('grey.jpg'));
    expect((await difference(at('grey.jpg'))).mean).toBeLessThan(1.5);
  });

  test('one that ends early is damaged, wherever it ends, and one with broken data never hangs', async () => {
    const file = await write('early.jpg', {});
    const bytes = await readFile(file);
    for (const share of [0.05, 0.2, 0.5, 0.99]) {
      await writeFile(at('cut.jpg'), bytes);
      await truncate(at('cut.jpg'), Math.floor(share * bytes.length));
      await expect(reduced.read(at('cut.jpg'), EDGE)).rejects.toThrow(/cut\.jpg: The photo is damaged/);
    }
    // Every byte of the head in turn: an error about the photo, or a picture.
    for (let place = 2; place < 700; place += 13) {
      const broken = Buffer.from(bytes);
      broken[place] = (broken[place] ?? 0) ^ 0xff;
      await writeFile(at('broken.jpg'), broken);
      await reduced.read(at('broken.jpg'), EDGE).catch((error: unknown) => {
        expect(error).toMatchObject({
          code: 'invalid-input',
          message: expect.stringContaining('broken.jpg') as string,
        });
      });
    }
  });
});
