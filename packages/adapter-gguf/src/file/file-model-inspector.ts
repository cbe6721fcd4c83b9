import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  InvalidInputError,
  type CallOptions,
  type InspectedModel,
  type ModelInspector,
  type ModelReference,
} from '@plimsoll/domain';
import { readModel } from '../header/read-model.js';
import { modelFiles, openModelFile } from './open-model-file.js';

/** Reads model files of this machine. Any part of a split model stands for the whole. */
export class FileModelInspector implements ModelInspector {
  supports(reference: ModelReference): boolean {
    return reference.kind === 'file';
  }

  /** @throws ModelNotFoundError, InvalidModelFileError, StorageFailedError, CancelledError */
  async inspect(reference: ModelReference, options: CallOptions = {}): Promise<InspectedModel> {
    if (reference.kind !== 'file') throw new InvalidInputError(`A ${reference.kind} reference is no local file.`);
    const path = expandHome(reference.path);
    const files = await modelFiles(path);
    const header = await readModel(files.length, (index) => openModelFile(files[index] ?? path), options);
    const first = files[0] ?? path;
    return { header, path: first, digest: null, origin: first, fetchedBytes: 0 };
  }
}

function expandHome(path: string): string {
  return /^~[\\/]/.test(path) ? join(homedir(), path.slice(2)) : path;
}
