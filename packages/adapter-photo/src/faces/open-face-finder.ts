import { CancelledError, InvalidInputError } from '@plimsoll/domain';
import type { FaceFinder, FoundFace } from '@plimsoll/domain';
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

/**
 * Finds faces by the tiny detector of `@vladmandic/face-api`, on TensorFlow.js compiled to WebAssembly. The weights lie
 * inside the package; nothing is downloaded.
 * @throws InvalidInputError when a package is missing
 */
export async function openFaceFinder(): Promise<FaceFinder> {
  const faceApi = await loadPackages();
  const { nets, tf } = faceApi;
  nets.tinyFaceDetector.loadFromWeightMap(await weights(tf, 'tiny_face_detector_model'));
  const wanted = new faceApi.TinyFaceDetectorOptions({ inputSize: DETECTOR_EDGE, scoreThreshold: LEAST_CONFIDENCE });
  return {
    async find(jpeg, { signal } = {}) {
      if (signal?.aborted === true) throw new CancelledError('Looking for faces was cancelled.');
      const { data, info } = await sharp(jpeg)
        .removeAlpha()
        .toColourspace('srgb')
        .raw()
        .toBuffer({ resolveWithObject: true });
      const image = tf.tensor3d(new Uint8Array(data), [info.height, info.width, 3], 'int32');
      try {
        const found = await faceApi.detectAllFaces(image, wanted);
        return found.slice(0, MOST_FACES).map(({ score, box }): FoundFace => ({
          confidence: score,
          width: box.width / info.width,
        }));
      } finally {
        image.dispose();
      }
    },
    close: async () => {
      nets.tinyFaceDetector.dispose();
    },
  };
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
