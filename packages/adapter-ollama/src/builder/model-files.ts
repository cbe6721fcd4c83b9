import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CancelledError, InvalidModelFileError, ModelNotFoundError, StorageFailedError } from '@plimsoll/domain';

/** One file of a model on this machine. */
export interface ModelFile {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
}

const SPLIT = /-(\d{5})-of-(\d{5})\.gguf$/i;

/**
 * The files of the model at `path`: one, or all parts when it is part of a split model.
 *
 * @throws ModelNotFoundError, InvalidModelFileError, StorageFailedError
 */
export async function modelFiles(path: string): Promise<readonly ModelFile[]> {
  const split = SPLIT.exec(path);
  const parts = Number(split?.[2] ?? 1);
  const names =
    split === null
      ? [basename(path)]
      : Array.from({ length: parts }, (_, index) => {
          const part = `${index + 1}`.padStart(5, '0');
          return `${basename(path).slice(0, -split[0].length)}-${part}-of-${split[2] ?? ''}.gguf`;
        });
  return Promise.all(names.map((name) => modelFile(join(dirname(path), name))));
}

/** SHA-256 of a file as `sha256:…`, read in pieces; `onProgress` gets the bytes of each. */
export async function fileDigest(
  path: string,
  onProgress: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of fileContent(path, signal)) {
    hash.update(chunk);
    onProgress(chunk.length);
  }
  return `sha256:${hash.digest('hex')}`;
}

/** A file's bytes in pieces. */
export async function* fileContent(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
      if (signal?.aborted === true) throw new CancelledError(`Cancelled: read ${path}.`);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw error instanceof CancelledError ? error : fileError(path, error);
  }
}

async function modelFile(path: string): Promise<ModelFile> {
  const facts = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (!facts.isFile()) throw new InvalidModelFileError(`${path} is no file.`);
  return { name: basename(path), path, sizeBytes: facts.size };
}

function fileError(path: string, cause: unknown): Error {
  const code = (cause as { code?: unknown }).code;
  if (code === 'ENOENT') return new ModelNotFoundError(`There is no file ${path}.`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StorageFailedError(`${path} cannot be read: ${reason}`, { cause });
}
