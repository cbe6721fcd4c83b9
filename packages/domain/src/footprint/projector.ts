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

/** How a kind of projector is laid out. */
interface ProjectorKind {
  /**
   * Tokens per side of the picture that memory is reserved for, and patches per side of a token; without it, the
   * picture has the size that the file says. Source: llama.cpp `tools/mtmd/clip.cpp`, `set_warmup_n_tokens`.
   */
  readonly reserved?: { readonly tokens: number; readonly merge: number };
  /** Whether the feed-forward network has a gate. */
  readonly gated?: boolean;
}

/** Kinds whose closed form was held against llama-server's own figure; `packages/domain/docs/footprints.md`. */
const KINDS: Readonly<Record<string, ProjectorKind>> = {
  gemma3: {},
  idefics3: {},
  mlp: {},
  pixtral: { reserved: { tokens: 16, merge: 1 }, gated: true },
  qwen2vl_merger: { reserved: { tokens: 46, merge: 2 } },
  'qwen2.5vl_merger': { reserved: { tokens: 46, merge: 2 }, gated: true },
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

/**
 * The encoder's peak, in 32-bit values per patch: the feed-forward network beside the residual, or attention.
 */
function scratchBytes(header: ModelHeader, { reserved, gated = false }: ProjectorKind, flash: boolean): number {
  const read = (key: string): number => {
    const value = metadataNumber(header, `clip.vision.${key}`);
    if (value !== null && Number.isInteger(value) && value > 0 && value <= LARGEST) return value;
    throw invalidHeader(`clip.vision.${key} is ${String(value)}`);
  };
  const patch = read('patch_size');
  const [width, feedForward, heads] = [
    read('embedding_length'),
    read('feed_forward_length'),
    read('attention.head_count'),
  ];
  const merge = metadataNumber(header, 'clip.vision.spatial_merge_size') ?? reserved?.merge ?? 1;
  const side = reserved === undefined ? Math.floor(read('image_size') / patch) : reserved.tokens * merge;
  const patches = side * side;
  const network = 2 * width + feedForward * (gated ? 2 : 1);
  const attention = 4.5 * width + (flash ? 0 : patches * heads);
  return Math.ceil(4 * patches * Math.max(network, attention)) + 4 * 3 * (side * patch) ** 2;
}
