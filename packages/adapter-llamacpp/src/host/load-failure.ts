import { closeSync, openSync, readSync } from 'node:fs';
import { InvalidModelFileError, ModelNotFoundError, OutOfMemoryError, UnsupportedModelError } from '@plimsoll/domain';
import type { PlimsollError } from '@plimsoll/domain';
import type { Engine } from '../native/engine.js';

/** Says why the engine would not take a model file, from the file itself and the engine's log. */
export function loadFailure(engine: Engine, path: string, reason: string | null = engine.log.reason()): PlimsollError {
  const said = reason ?? 'the engine gave no reason';
  const details = { cause: new Error(engine.log.lines().slice(-8).join('\n')) };
  const magic = firstBytes(path);
  if (magic === null) {
    return new ModelNotFoundError(`There is no readable model file ${path}.`, {
      ...details,
      hint: 'plimsoll models lists what there is.',
    });
  }
  if (magic !== 'GGUF') return new InvalidModelFileError(`${path} is no GGUF file.`, details);
  if (/out of memory|failed to allocate|unable to allocate|ErrorOutOf/i.test(said)) {
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

function firstBytes(path: string): string | null {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(4);
      readSync(file, bytes, 0, 4, 0);
      return bytes.toString('latin1');
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
