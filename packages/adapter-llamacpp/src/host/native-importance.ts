import path from 'node:path';
import { InvalidInputError } from '@plimsoll/domain';
import type { ExpectedMatrix } from '@plimsoll/domain';
import koffi from 'koffi';
import { meanSquares } from '../imatrix/imatrix-file.js';
import type { ImportanceMatrix } from '../imatrix/imatrix-file.js';
import { keepAlive } from '../native/keep-alive.js';
import { cutText } from './header-values.js';
import type { HeaderValue } from './header-values.js';
import type { PlannedTensor } from './dry-run-reader.js';
import { readMatrix } from './read-importance.js';

/** A matrix as the quantizer reads it. */
export interface NativeImportance {
  /** Address of the `llama_model_imatrix_data` entries, or null. */
  readonly address: bigint | null;
  readonly values: readonly HeaderValue[];
  /** @throws InvalidInputError when the matrix is that of another model */
  readonly check: (tensors: readonly PlannedTensor[]) => void;
  readonly keep: () => unknown;
}

const NONE: NativeImportance = {
  address: null,
  values: [],
  check: () => undefined,
  keep: () => undefined,
};

/** A file as the quantizer reads it, with the keys that `llama-quantize --imatrix` adds; nothing for null. */
export function nativeImportance(file: string | null): NativeImportance {
  if (file === null) return NONE;
  const matrix = readMatrix(file);
  const means = [...matrix.entries].map(([name, entry]) => ({ name, values: meanSquares(entry) }));
  const names = means.map(({ name }) => Buffer.from(`${name}\0`, 'utf8'));
  const data = means.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  // Ended by a null name.
  const table = Buffer.from(new ArrayBuffer((means.length + 1) * 24));
  means.forEach(({ values }, i) => {
    table.writeBigUInt64LE(koffi.address(names[i]), i * 24);
    table.writeBigUInt64LE(koffi.address(data[i]), i * 24 + 8);
    table.writeBigUInt64LE(BigInt(values.length), i * 24 + 16);
  });
  const values = matrixValues(file, matrix);
  return {
    address: koffi.address(table),
    values,
    check: (tensors) => checkShapes(means, tensors),
    keep: () => keepAlive(table, names, data),
  };
}

/**
 * What the quantizer has to know for a dry run with a matrix that does not exist yet: that there will be one, which is
 * an empty list to it, and the keys that it will add, whose numbers have the same length whatever they are.
 */
export function expectedImportance({ file, dataset }: ExpectedMatrix): NativeImportance {
  const table = Buffer.from(new ArrayBuffer(24));
  const values = matrixValues(file, { entries: new Map(), chunks: 1, datasets: [dataset] });
  return { ...NONE, address: koffi.address(table), values, keep: () => keepAlive(table) };
}

/** The file's name alone: where it lay is nobody's business who gets the model. */
function matrixValues(
  file: string,
  { entries, chunks, datasets }: Pick<ImportanceMatrix, 'entries' | 'chunks' | 'datasets'>,
): HeaderValue[] {
  const [dataset] = datasets;
  return [
    { key: 'quantize.imatrix.file', kind: 'text', value: cutText(path.basename(file)) },
    ...(dataset === undefined
      ? []
      : [{ key: 'quantize.imatrix.dataset', kind: 'text', value: cutText(dataset) } as const]),
    { key: 'quantize.imatrix.entries_count', kind: 'integer', value: entries.size },
    ...(chunks > 0 ? [{ key: 'quantize.imatrix.chunks_count', kind: 'integer', value: chunks } as const] : []),
  ];
}

/** The quantizer stops at a size that does not fit, late; a name that does not fit it only mentions. */
function checkShapes(
  means: readonly { readonly name: string; readonly values: Float32Array }[],
  tensors: readonly PlannedTensor[],
): void {
  const lengths = new Map(means.map(({ name, values }) => [name, values.length]));
  const changed = tensors.filter(({ name, from, to }) => from !== to && name.startsWith('blk.'));
  const wayOut = {
    hint: 'Collect one for this model.',
    remedies: [{ kind: 'use-options', options: { imatrix: 'auto' } }],
  } as const;
  if (changed.length > 0 && !changed.some(({ name }) => lengths.has(name))) {
    throw new InvalidInputError(
      'The importance matrix is that of another model: it names no tensor of this one.',
      wayOut,
    );
  }
  for (const { name, shape } of changed) {
    const [columns = 0, , ...matrices] = shape;
    const wanted = matrices.reduce((product, length) => product * length, columns);
    const found = lengths.get(name);
    if (found === undefined || found === wanted) continue;
    throw new InvalidInputError(
      `The importance matrix is that of another model: it has ${found} values for ${name}, which takes ${wanted}.`,
      wayOut,
    );
  }
}
