import { closeSync, openSync, readSync } from 'node:fs';
import {
  BackendFailedError,
  InvalidInputError,
  InvalidModelFileError,
  ModelNotFoundError,
  OutOfMemoryError,
  StorageFailedError,
  UnsupportedModelError,
} from '@plimsoll/domain';
import type { PlimsollError } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';

const OUT_OF_MEMORY = /out of memory|bad_alloc|(failed|unable) to allocate|ErrorOutOf/i;

/** Says why the engine would not take a model file, from the file itself and the engine's log. */
export function loadFailure(engine: Engine, path: string, reason: string | null = engine.log.reason()): PlimsollError {
  const said = reason ?? 'the engine gave no reason';
  const details = { cause: new Error(engine.log.lines().slice(-8).join('\n')) };
  const magic = firstBytes(path);
  if (magic instanceof Error) return unreadable(path, magic);
  if (magic !== 'GGUF') return new InvalidModelFileError(`${path} is no GGUF file.`, details);
  if (OUT_OF_MEMORY.test(said)) {
    return new OutOfMemoryError(`${path} does not fit into memory: ${said}`, {
      ...details,
      hint: 'Choose a lower level, a shorter context or fewer layers on the device.',
    });
  }
  if (/unknown model architecture|unsupported|not supported|unknown pre-tokenizer|unknown tokenizer/i.test(said)) {
    return new UnsupportedModelError(`The engine cannot run ${path}: ${said}`, details);
  }
  return new InvalidModelFileError(`The engine cannot read ${path}: ${said}`, {
    ...details,
    hint: 'The file may be incomplete: fetch or make it again.',
  });
}

/** Says why the engine would not make a context for a model that it has loaded. */
export function contextFailure(engine: Engine, path: string, contextTokens: number): PlimsollError {
  const said = engine.log.reason() ?? 'the engine gave no reason';
  const details = { cause: new Error(engine.log.lines().slice(-8).join('\n')) };
  if (OUT_OF_MEMORY.test(said)) {
    return new OutOfMemoryError(`A context of ${contextTokens} tokens for ${path} does not fit into memory: ${said}`, {
      ...details,
      hint: 'Ask for a shorter context, fewer sequences at once or a smaller cache type.',
    });
  }
  if (/requires flash_attn|flash attention/i.test(said)) {
    return new InvalidInputError(`The engine cannot make this context for ${path}: ${said}`, {
      ...details,
      hint: 'A quantized cache of values needs flash attention: turn it on, or choose f16 for the values.',
    });
  }
  return new BackendFailedError(
    `The engine could not make a context of ${contextTokens} tokens for ${path}: ${said}`,
    details,
  );
}

function unreadable(path: string, cause: NodeJS.ErrnoException): PlimsollError {
  if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
    return new ModelNotFoundError(`There is no model file ${path}.`, {
      remedies: [{ kind: 'list-models' }],
      cause,
    });
  }
  const reasons: Readonly<Record<string, string>> = {
    EMFILE: 'too many files are open',
    ENFILE: 'too many files are open on this machine',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
  };
  return new StorageFailedError(`${path} cannot be read: ${reasons[cause.code ?? ''] ?? cause.message}.`, { cause });
}

function firstBytes(path: string): string | NodeJS.ErrnoException {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(4);
      readSync(file, bytes, 0, 4, 0);
      return bytes.toString('latin1');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return error as NodeJS.ErrnoException;
  }
}
