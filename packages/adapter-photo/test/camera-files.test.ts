import { ExifTool } from 'exiftool-vendored';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPhotoReader } from '../src/index.js';
import { heicFile, rawFile } from './camera-files.js';
import { cc0PhotoPath } from './cc0-photos.js';

const tool = new ExifTool({ maxProcs: 1 });
// It needs Perl, which not every machine has.
const works = await tool.version().then(
  () => true,
  () => false,
);

describe.skipIf(!works)(`files of cameras, by ExifTool${works ? '' : ' (skipped: it does not run here)'}`, () => {
  let folder: string;
  let jpeg: Buffer;
  const reader = createPhotoReader();
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'plimsoll-camera-'));
    jpeg = await sharp(cc0PhotoPath('nagasaki-boats')).resize(320).jpeg().toBuffer();
    await writeFile(path.join(folder, 'preview.jpg'), jpeg);
  });
  afterAll(async () => {
    await Promise.all([reader.close(), tool.end()]);
    await rm(folder, { recursive: true, force: true });
  });

  test.each(['photo.nef', 'photo.dng'])('%s is read by the JPEG inside, and is not touched', async (name) => {
    const file = path.join(folder, name);
    await writeFile(file, rawFile(jpeg));
    const sample = await reader.read(file, 256);
    expect(sample).toMatchObject({ format: 'raw', width: 320, height: 256, exif: { camera: 'NIKON D850' } });
    expect(sample.pixels.width).toBe(256);
    expect((await sharp(await reader.jpeg(file, 128)).metadata()).width).toBe(128);
    expect((await readFile(file)).equals(rawFile(jpeg))).toBe(true);
  });

  test('a HEIC file is read by its thumbnail, since the decoder has no HEVC; without one it is that file’s error', async () => {
    const file = path.join(folder, 'photo.heic');
    await writeFile(file, heicFile(640, 512));
    await expect(reader.read(file, 256)).rejects.toThrow(/photo\.heic: The decoder has no HEVC/);
    await tool.write(
      file,
      {},
      { writeArgs: [`-ThumbnailImage<=${path.join(folder, 'preview.jpg')}`, '-overwrite_original'] },
    );
    expect(await reader.read(file, 256)).toMatchObject({ format: 'heif', width: 320, height: 256 });
  });
});
