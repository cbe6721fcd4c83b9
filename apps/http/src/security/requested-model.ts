import path from 'node:path';
import { parseModelReference } from '@plimsoll/domain';
import { refusal } from '../errors/error-body.js';
import { RefusedError } from '../errors/refused-error.js';

/**
 * Refuses a model that is an address, or a file outside the models folder: a client must not learn of this machine's
 * files, nor reach hosts through it. Names of the backend, of repositories and of the library may pass.
 * @throws RefusedError, whether there is such a file or not
 */
export function assertRequestable(model: string, modelsFolder: string): void {
  const reference = parseModelReference(model);
  if (reference.kind === 'url') throw outside('A model at an address');
  if (reference.kind === 'file' && !liesBelow(reference.path, modelsFolder)) {
    throw outside('A file outside the models folder');
  }
}

function liesBelow(file: string, folder: string): boolean {
  // `~` is replaced where files are opened.
  if (file.startsWith('~') || file.includes('\0')) return false;
  const inside = path.relative(path.resolve(folder), path.resolve(file));
  return inside !== '' && inside.split(path.sep)[0] !== '..' && !path.isAbsolute(inside);
}

function outside(what: string): RefusedError {
  return new RefusedError(
    refusal(
      403,
      'forbidden',
      `${what} needs the admin token.`,
      'Name a model as GET /models lists it, or a file below the models folder.',
    ),
  );
}
