import { InvalidInputError } from '../errors/invalid-input-error.js';
import { invalidHeader } from '../model/metadata-reader.js';
import { metadataNumber, metadataString } from '../model/model-header.js';
import type { ModelHeader } from '../model/model-header.js';

/** Bytes of a projector (mmproj) that is loaded beside a model. */
export interface ProjectorBytes {
  readonly weightsBytes: number;
  /**
   * Scratch memory for one picture of the size that llama.cpp reserves for when it loads; a larger one makes it grow
   * later. Null where no closed form is known: sound, and encoders that are not plain transformers.
   */
  readonly computeBytes: number | null;
}

/** The sizes of an encoder for one picture. */
interface Encoder {
  /** Patches of the picture. */
  readonly patches: number;
  readonly width: number;
  readonly feedForward: number;
  readonly heads: number;
  /** Values of a patch's pixels. */
  readonly pixels: number;
}

/** How much a kind of projector has alive at its peak, in 32-bit values per patch. */
interface ProjectorKind {
  /**
   * Tokens per side of the picture that memory is reserved for, and patches per side of a token; without it, the
   * picture has the size that the file says. Source: llama.cpp `tools/mtmd/clip.cpp`, `set_warmup_n_tokens`.
   */
  readonly reserved?: { readonly tokens: number; readonly merge: number };
  readonly withFlash: (encoder: Encoder) => number;
  /** Without flash attention, beside the scores of all heads. */
  readonly besideScores: (encoder: Encoder) => number;
}

/** Pictures that are not cut into tiles are kept with the positions of their patches until the end. */
const kept = ({ pixels }: Encoder): number => pixels + 4;

const siglip = (beside: number): ProjectorKind => ({
  withFlash: ({ width, feedForward, pixels }) => Math.max(3 * width + feedForward, 5 * width, 1.5 * pixels + 2 * width),
  besideScores: ({ width }) => beside * width,
});

/** Kinds whose peak was read off llama-server, as `engine-answers.test.ts` has it. */
const KINDS: Readonly<Record<string, ProjectorKind>> = {
  gemma3: siglip(6),
  idefics3: siglip(4),
  qwen2vl_merger: {
    reserved: { tokens: 46, merge: 2 },
    withFlash: (encoder) => Math.max(2 * encoder.width + encoder.feedForward, 4 * encoder.width) + kept(encoder),
    besideScores: (encoder) => 5 * encoder.width + kept(encoder),
  },
  'qwen2.5vl_merger': {
    reserved: { tokens: 46, merge: 2 },
    // Its windows are a mask over all patches, and a copy of 16 bits with flash attention.
    withFlash: (encoder) =>
      Math.max(
        1.5 * encoder.patches + 4 * encoder.width,
        0.5 * encoder.patches + 2 * encoder.width + 2 * encoder.feedForward,
      ) + kept(encoder),
    besideScores: (encoder) => encoder.patches + 5 * encoder.width + kept(encoder),
  },
};

/**
 * Bytes of a projector.
 * @throws InvalidInputError for a file that is something else, InvalidModelFileError for sizes that no picture has
 */
export function projectorBytes(header: ModelHeader, flash: boolean): ProjectorBytes {
  if (header.architecture !== 'clip') {
    throw new InvalidInputError(`This file is a ${header.architecture} model, not a projector.`, {
      hint: 'A projector is the file that publishers name mmproj-….gguf.',
    });
  }
  const weightsBytes = header.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  const name = metadataString(header, 'clip.projector_type') ?? metadataString(header, 'clip.vision.projector_type');
  const kind = name === null ? undefined : KINDS[name];
  return { weightsBytes, computeBytes: kind === undefined ? null : scratchBytes(header, kind, flash) };
}

/** Largest size of a picture in pixels, and of anything that belongs to a patch. */
const LARGEST = 65_536;

function scratchBytes(
  header: ModelHeader,
  { reserved, withFlash, besideScores }: ProjectorKind,
  flash: boolean,
): number {
  const read = (key: string): number => {
    const value = metadataNumber(header, `clip.vision.${key}`);
    if (value !== null && Number.isInteger(value) && value > 0 && value <= LARGEST) return value;
    throw invalidHeader(`clip.vision.${key} is ${String(value)}`);
  };
  const patch = read('patch_size');
  const merge = header.metadata.has('clip.vision.spatial_merge_size') ? read('spatial_merge_size') : reserved?.merge;
  const side = reserved === undefined ? Math.floor(read('image_size') / patch) : reserved.tokens * (merge ?? 1);
  const encoder: Encoder = {
    patches: side * side,
    width: read('embedding_length'),
    feedForward: read('feed_forward_length'),
    heads: read('attention.head_count'),
    pixels: 3 * patch * patch,
  };
  const values = flash ? withFlash(encoder) : encoder.patches * encoder.heads + besideScores(encoder);
  return Math.ceil(4 * encoder.patches * values);
}
