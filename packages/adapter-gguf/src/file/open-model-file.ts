import * as files from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { InvalidModelFileError, ModelNotFoundError, StorageFailedError } from '@plimsoll/domain';
import { parseSplitName } from '../header/split-name.js';
import { FileSource } from './file-source.js';

// Node's own promises of these take longer to load than a header to read.
const open = promisify(files.open);
const close = promisify(files.close);
const stat = promisify(files.stat);
const readdir = promisify(files.readdir);

/** An open model file. */
export interface OpenModelFile {
  readonly source: FileSource;
  close(): Promise<void>;
}

/**
 * The files of the model at `path`, in order: the path itself, or every part when it names one of a split model.
 *
 * @throws InvalidModelFileError naming the parts that are missing.
 */
export async function modelFiles(path: string): Promise<readonly string[]> {
  const split = parseSplitName(path);
  if (split === null || split.parts === 1) return [path];
  const present = new Set(await readdir(dirname(path)).catch(() => []));
  // When nothing of the model is there, the path itself is the better thing to complain about.
  if (!present.has(basename(path))) return [path];
  const paths: string[] = [];
  const missing: number[] = [];
  for (let part = 1; part <= split.parts; part++) {
    const file = split.partName(part);
    if (present.has(basename(file))) paths.push(file);
    else missing.push(part);
  }
  if (missing.length === 0) return paths;
  const shown = missing.slice(0, 5).map((part) => basename(split.partName(part)));
  throw new InvalidModelFileError(
    `${path}: ${missing.length} of the model's ${split.parts} parts are missing: ${shown.join(', ')}${missing.length > 5 ? ', …' : ''}.`,
    { hint: `Download the missing parts into ${dirname(path)}.` },
  );
}

/**
 * Opens one model file for reading.
 *
 * @throws ModelNotFoundError, InvalidModelFileError (a directory, a device), StorageFailedError (no permission).
 */
export async function openModelFile(path: string): Promise<OpenModelFile> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw await directoryError(path);
    // Opening a pipe would wait for ever, and a device never ends.
    if (!facts.isFile())
      throw new InvalidModelFileError(`${path} is no ordinary file.`, { hint: 'Give a .gguf file.' });
    const descriptor = await open(path, 'r');
    return { source: new FileSource(descriptor, path, facts.size), close: () => close(descriptor) };
  } catch (error) {
    throw translate(error, path);
  }
}

async function directoryError(path: string): Promise<Error> {
  const files = (await readdir(path).catch(() => [])).filter((file) => file.toLowerCase().endsWith('.gguf'));
  const example = files.sort()[0];
  return new InvalidModelFileError(`${path} is a directory, not a model file.`, {
    hint: example === undefined ? 'Give a .gguf file.' : `Give a file in it, such as ${join(path, example)}.`,
  });
}

function translate(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new ModelNotFoundError(`There is no file ${path}.`, { hint: 'Check the path.', cause: error });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new StorageFailedError(`${path} may not be read by this user.`, {
      hint: 'Change its permissions, or run as a user who may read it.',
      cause: error,
    });
  }
  if (typeof code === 'string' && code.startsWith('E') && code.toUpperCase() === code) {
    return new StorageFailedError(`${path} cannot be read: ${code}.`, {
      hint: 'Check the disk and the path.',
      cause: error,
    });
  }
  return error;
}
