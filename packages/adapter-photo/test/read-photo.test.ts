import { isPlimsollError } from '@plimsoll/domain';
import { createHash } from 'node:crypto';
import { appendFile, chmod, copyFile, mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPhotoReader, isPhotoName } from '../src/index.js';
import { cc0PhotoPath } from './cc0-photos.js';

let folder: string;
const reader = createPhotoReader();
const at = (name: string): string => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-photo-'));
});
afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true, force: true });
});

/** An interlaced PNG whose head claims another size. */
async function pngThatClaims(name: string, width: number, height: number): Promise<string> {
  const small = sharp({ create: { width: 64, height: 48, channels: 3, background: 'black' } });
  const bytes = await small.png({ progressive: true }).toBuffer();
  const [head, headEnd] = [bytes.indexOf('IHDR'), bytes.indexOf('IHDR') + 17];
  bytes.writeUInt32BE(width, head + 4);
  bytes.writeUInt32BE(height, head + 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(head, headEnd)), headEnd);
  await writeFile(at(name), bytes);
  return at(name);
}

const failure = async (file: string): Promise<string> => {
  try {
    await reader.read(file, 512);
  } catch (error) {
    if (!isPlimsollError(error) || error.code !== 'invalid-input') throw error;
    return error.message;
  }
  throw new Error(`${file} was read.`);
};

describe('reading', () => {
  test('a photo is turned upright, scaled, and known by its digest; EXIF comes along', async () => {
    const file = at('turned.jpg');
    await sharp(cc0PhotoPath('french-alpine-landscape'))
      .withExif({
        IFD0: { Make: 'Canon', Model: 'Canon EOS 5D' },
        IFD2: {
          ISOSpeedRatings: '640',
          ExposureTime: '1/250',
          FNumber: '28/10',
          DateTimeOriginal: '2024:05:06 07:08:09',
          Flash: '1',
        },
        IFD3: { GPSLatitude: '45/1 30/1 0/1', GPSLatitudeRef: 'N', GPSLongitude: '6/1 0/1 0/1', GPSLongitudeRef: 'W' },
      })
      .withMetadata({ orientation: 6 })
      .toFile(file);
    const sample = await reader.read(file, 512);
    expect(sample).toMatchObject({ format: 'jpeg', width: 484, height: 1024 });
    expect(sample.pixels.height).toBe(512);
    expect(sample.pixels.grey.length).toBe(sample.pixels.width * 512);
    expect(sample.digest).toBe(
      `sha256:${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}`,
    );
  });

  test('EXIF facts, with the camera named once', async () => {
    const file = at('exif.jpg');
    await sharp(cc0PhotoPath('nagasaki-boats'))
      .withExif({
        IFD0: { Make: 'Canon', Model: 'Canon EOS 5D' },
        IFD2: {
          ISOSpeedRatings: '640',
          ExposureTime: '1/250',
          FNumber: '28/10',
          DateTimeOriginal: '2024:05:06 07:08:09',
          Flash: '1',
        },
      })
      .toFile(file);
    expect((await reader.read(file, 64)).exif).toEqual({
      camera: 'Canon EOS 5D',
      iso: 640,
      exposureSeconds: 0.004,
      aperture: 2.8,
      focalLengthMm: null,
      takenAtMs: Date.UTC(2024, 4, 6, 7, 8, 9),
      flashFired: true,
      location: null,
    });
  });

  test.each(['png', 'webp', 'tiff', 'avif'] as const)(
    '%s, transparent and with 16 bits where it can',
    async (format) => {
      const file = at(`any.${format}`);
      await sharp({
        create: { width: 300, height: 200, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0.5 } },
      })
        .toFormat(format)
        .toFile(file);
      const sample = await reader.read(file, 128);
      expect([sample.pixels.width, sample.pixels.height]).toEqual([128, 85]);
      expect(sample.pixels.grey.length).toBe(128 * 85);
    },
  );

  test('the JPEG for a model is at most as large as asked, and has no metadata', async () => {
    const jpeg = await reader.jpeg(cc0PhotoPath('nagasaki-boats'), 400);
    expect(await sharp(jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 400 });
    expect((await sharp(jpeg).metadata()).exif).toBeUndefined();
  });

  test('a raw file is read by its preview', async () => {
    const preview = await readFile(cc0PhotoPath('nagasaki-boats'));
    const raws = createPhotoReader({
      rawPreviews: async () => ({ preview: async () => preview, close: async () => undefined }),
    });
    await writeFile(at('camera.nef'), 'II*\0anything');
    expect(await raws.read(at('camera.nef'), 256)).toMatchObject({ format: 'raw', width: 1024, height: 819 });
  });
});

describe('hostile files are errors about that file', () => {
  const cases: readonly (readonly [string, () => Promise<string>, RegExp])[] = [
    ['missing', async () => at('missing.jpg'), /is not there/],
    ['empty', async () => (await writeFile(at('empty.jpg'), ''), at('empty.jpg')), /not a photo/],
    ['text', async () => (await writeFile(at('text.jpg'), 'hello'), at('text.jpg')), /not a photo/],
    [
      'svg',
      async () => (await writeFile(at('svg.png'), '<svg xmlns="http://www.w3.org/2000/svg"/>'), at('svg.png')),
      /not a photo/,
    ],
    ['folder', async () => (await mkdir(at('folder.jpg')), at('folder.jpg')), /not a regular file/],
    [
      'truncated',
      async () => {
        await copyFile(cc0PhotoPath('nagasaki-boats'), at('truncated.jpg'));
        await truncate(at('truncated.jpg'), 100_000);
        return at('truncated.jpg');
      },
      /damaged/,
    ],
    ['bomb', () => pngThatClaims('bomb.png', 16_000, 12_000), /more pixels/],
    [
      'interlaced, and held whole',
      () => pngThatClaims('interlaced.png', 11_000, 7000),
      /An interlaced PNG of more than 66 million pixels takes too much memory/,
    ],
    [
      'raw without a preview',
      async () => (await writeFile(at('broken.nef'), Buffer.alloc(64)), at('broken.nef')),
      /none was found/,
    ],
  ];

  test.each(cases)('%s', async (_, make, message) => {
    const file = await make();
    const said = await failure(file);
    expect(said).toMatch(message);
    expect(said).toContain(path.basename(file));
  });

  test.skipIf(process.getuid?.() === 0)('no permission', async () => {
    await writeFile(at('secret.jpg'), 'x');
    await chmod(at('secret.jpg'), 0);
    expect(await failure(at('secret.jpg'))).toMatch(/permission/);
  });

  test('a photo that grows while it is read', async () => {
    const file = at('growing.nef');
    await writeFile(file, 'II*\0');
    const preview = await readFile(cc0PhotoPath('nagasaki-boats'));
    const raws = createPhotoReader({
      rawPreviews: async () => ({
        preview: async () => {
          await appendFile(file, 'more');
          return preview;
        },
        close: async () => undefined,
      }),
    });
    await expect(raws.read(file, 64)).rejects.toThrow(/changed while it was read/);
  });

  test('absurd EXIF is unknown', async () => {
    const file = at('absurd.jpg');
    await sharp(cc0PhotoPath('nagasaki-boats'))
      .withExif({ IFD2: { ISOSpeedRatings: '0', ExposureTime: '1/0', DateTimeOriginal: '9999:99:99 99:99:99' } })
      .toFile(file);
    const { exif } = await reader.read(file, 64);
    expect([exif.iso, exif.exposureSeconds, exif.takenAtMs]).toEqual([null, null, null]);
  });

  test('names with line breaks and pictures are names', async () => {
    const file = at('a\nb 🐈.jpg');
    await copyFile(cc0PhotoPath('locomotion-house-cat'), file);
    expect((await reader.read(file, 64)).pixels.width).toBe(64);
    expect(isPhotoName(file)).toBe(true);
    expect([isPhotoName('.hidden.jpg'), isPhotoName('x.xmp'), isPhotoName('X.CR3')]).toEqual([false, false, true]);
  });
});
