import { InvalidInputError, throwIfCancelled } from '@plimsoll/domain';
import type { FaceFinder, FoundFace, PhotoPixels } from '@plimsoll/domain';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as TensorFlow from '@tensorflow/tfjs';
import type * as FaceApiPackage from '@vladmandic/face-api';
import sharp from 'sharp';

/** The packages that find faces; none is installed unless it is asked for. */
const FACE_PACKAGES = ['@vladmandic/face-api@1', '@tensorflow/tfjs@4', '@tensorflow/tfjs-backend-wasm@4'] as const;

/** At 224 it missed three of the four faces in two pictures, at this size none. */
const DETECTOR_EDGE = 416;
const LEAST_CONFIDENCE = 0.5;
const MOST_FACES = 50;

/** Around an eye, as a multiple of its width: lids, lashes and brow bones belong to what is in focus with it. */
const EYE_WIDTH = 1.5;
const EYE_HEIGHT = 1;

/**
 * Finds faces, and the eyes in them, by the tiny detector and the landmarks of `@vladmandic/face-api`, on TensorFlow.js compiled to WebAssembly. The weights lie
 * inside the package; nothing is downloaded.
 * @throws InvalidInputError when a package is missing
 */
export async function openFaceFinder(): Promise<FaceFinder> {
  const faceApi = await loadPackages();
  const { nets, tf } = faceApi;
  nets.tinyFaceDetector.loadFromWeightMap(await weights(tf, 'tiny_face_detector_model'));
  nets.faceLandmark68Net.loadFromWeightMap(await weights(tf, 'face_landmark_68_model'));
  const wanted = new faceApi.TinyFaceDetectorOptions({ inputSize: DETECTOR_EDGE, scoreThreshold: LEAST_CONFIDENCE });
  return {
    async find(jpeg, { signal } = {}) {
      throwIfCancelled(signal, 'Looking for faces was cancelled.');
      const { data, info } = await sharp(jpeg)
        .removeAlpha()
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      const image = tf.tensor3d(new Uint8Array(data), [info.height, info.width, 3], 'int32');
      try {
        const found = await faceApi.detectAllFaces(image, wanted).withFaceLandmarks();
        return found.slice(0, MOST_FACES).map(({ detection: { score, box }, landmarks }): FoundFace => ({
          confidence: score,
          width: box.width / info.width,
          eyes: [landmarks.getLeftEye(), landmarks.getRightEye()].map((outline) => greyAround(outline, data, info)),
        }));
      } finally {
        image.dispose();
      }
    },
    close: async () => {
      nets.tinyFaceDetector.dispose();
      nets.faceLandmark68Net.dispose();
    },
  };
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Grey pixels around the outline of an eye, cut at the picture's border. */
function greyAround(
  outline: readonly Place[],
  rgb: Uint8Array,
  size: Readonly<Record<'width' | 'height', number>>,
): PhotoPixels {
  const [xs, ys] = [outline.map(({ x }) => x), outline.map(({ y }) => y)];
  const eye = Math.max(...xs) - Math.min(...xs);
  const across = cut((Math.min(...xs) + Math.max(...xs)) / 2, EYE_WIDTH * eye, size.width);
  const down = cut((Math.min(...ys) + Math.max(...ys)) / 2, EYE_HEIGHT * eye, size.height);
  const grey = new Uint8Array(across.length * down.length);
  for (let y = 0; y < down.length; y += 1) {
    for (let x = 0; x < across.length; x += 1) {
      const at = 3 * ((down.start + y) * size.width + across.start + x);
      grey[y * across.length + x] = luma(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0);
    }
  }
  return { width: across.length, height: down.length, grey };
}

/** ITU-R BT.601. */
function luma(red: number, green: number, blue: number): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}

function cut(centre: number, length: number, most: number): { readonly start: number; readonly length: number } {
  const start = Math.max(0, Math.round(centre - length / 2));
  const end = Math.min(most, Math.round(centre + length / 2));
  return { start, length: Math.max(0, end - start) };
}

type FaceApi = typeof FaceApiPackage;
type Weights = Parameters<FaceApi['nets']['tinyFaceDetector']['loadFromWeightMap']>[0];

const require = createRequire(import.meta.url);

/** In CommonJS, which the package's build for WebAssembly is. */
async function loadPackages(): Promise<FaceApi> {
  try {
    const faceApi = require('@vladmandic/face-api/dist/face-api.node-wasm.js') as FaceApi;
    // The same module that the other one requires.
    const tensorflow = require('@tensorflow/tfjs') as typeof TensorFlow;
    await tensorflow.setBackend('wasm');
    await tensorflow.ready();
    return faceApi;
  } catch (cause) {
    throw new InvalidInputError('Faces cannot be looked for: packages that do so are missing.', {
      hint: `Install them: npm install ${FACE_PACKAGES.join(' ')}`,
      cause,
    });
  }
}

async function weights(tf: FaceApi['tf'], name: string): Promise<Weights> {
  const folder = path.join(path.dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');
  const manifest: unknown = JSON.parse(await readFile(path.join(folder, `${name}-weights_manifest.json`), 'utf8'));
  const bytes = new Uint8Array(await readFile(path.join(folder, `${name}.bin`)));
  const [part] = manifest as readonly { readonly weights: Parameters<typeof tf.io.decodeWeights>[1] }[];
  return tf.io.decodeWeights(bytes.buffer, part?.weights ?? []);
}
