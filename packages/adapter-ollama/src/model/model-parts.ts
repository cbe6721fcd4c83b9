import type { ShowAnswer } from '@plimsoll/protocol/ollama';
import { parseModelfile, valuesOf } from './modelfile.js';

/** A file that an Ollama server keeps. */
export interface Blob {
  /** Where it lies on the machine of the server. */
  readonly path: string;
  /** `sha256:…`, of which the server makes the file's name. */
  readonly digest: string;
}

/** The files that an installed model is made of. */
export interface ModelParts {
  /** The weights; null for a model that is no GGUF file, such as one in the cloud. */
  readonly weights: Blob | null;
  readonly projectors: readonly Blob[];
  readonly adapters: readonly Blob[];
  readonly drafts: readonly Blob[];
}

/** Reads the files of a model from its Modelfile: the first `FROM` is the weights, further ones are projectors. */
export function modelParts(shown: ShowAnswer): ModelParts {
  const commands = parseModelfile(shown.modelfile ?? '');
  const blobs = (name: string): readonly Blob[] => valuesOf(commands, name).flatMap((path) => blob(path) ?? []);
  const [weights, ...projectors] = blobs('FROM');
  return { weights: weights ?? null, projectors, adapters: blobs('ADAPTER'), drafts: blobs('DRAFT') };
}

function blob(path: string): Blob | null {
  const digest = /sha256[-:]([0-9a-f]{64})$/i.exec(path)?.[1];
  return digest === undefined ? null : { path, digest: `sha256:${digest.toLowerCase()}` };
}
