import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { InvalidInputError, StorageFailedError } from '@plimsoll/domain';
import type { ImportanceSummary } from '@plimsoll/domain';
import { decodeImatrix, encodeImatrix } from '../imatrix/imatrix-file.js';
import type { ImportanceMatrix } from '../imatrix/imatrix-file.js';
import { decodeLegacyImatrix, encodeLegacyImatrix } from '../imatrix/legacy-imatrix.js';
import type { Engine } from '../native/engine.js';

/** What a file holds; copied to another file, in the format of its name, where that is asked for. */
export async function readImportance(
  _: Engine,
  { file, copyTo }: { readonly file: string; readonly copyTo: string | null },
): Promise<ImportanceSummary> {
  const matrix = readMatrix(file);
  if (copyTo !== null) writeMatrix(copyTo, matrix);
  return summaryOf(matrix);
}

/** Reads a matrix in either format. @throws InvalidInputError when the file holds none */
export function readMatrix(file: string): ImportanceMatrix {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new InvalidInputError(`The importance matrix ${file} cannot be read.`, {
      hint: 'Name a file that Plimsoll or llama-imatrix wrote.',
      cause,
    });
  }
  return bytes.toString('latin1', 0, 4) === 'GGUF' ? decodeImatrix(bytes) : decodeLegacyImatrix(bytes);
}

/** Writes a matrix beside its place and moves it there: the legacy format where the name ends in `.dat`. */
export function writeMatrix(file: string, matrix: ImportanceMatrix): void {
  const beside = `${file}.${process.pid}.part`;
  try {
    writeFileSync(beside, /\.dat$/i.test(file) ? encodeLegacyImatrix(matrix) : encodeImatrix(matrix), { flush: true });
    renameSync(beside, file);
  } catch (cause) {
    rmSync(beside, { force: true });
    throw new StorageFailedError(`${file} cannot be written: ${String(cause)}.`, {
      hint: 'Choose another place, or make room and permission there.',
      cause,
    });
  }
}

/** What a matrix holds. */
export function summaryOf({ entries, chunks, chunkTokens, datasets }: ImportanceMatrix): ImportanceSummary {
  return { tensors: entries.size, windows: chunks, windowTokens: chunkTokens, datasets };
}
