import path from 'node:path';
import { InvalidInputError } from '@plimsoll/domain';
import type { ExpectedMatrix } from '@plimsoll/domain';
import koffi from 'koffi';
import { meanSquares } from '../imatrix/imatrix-file.js';
import type { ImportanceMatrix } from '../imatrix/imatrix-file.js';
import { keepAlive } from '../native/keep-alive.js';
import type { PlannedTensor } from './dry-run-reader.js';
import { readMatrix } from './read-importance.js';

/** A key that the quantizer adds to the header. */
export interface HeaderValue {
  readonly key: string;
  readonly value: string | number;
}

/** A matrix as the quantizer reads it. */
export interface NativeImportance {
  /** Address of the `llama_model_imatrix_data` entries, or null. */
  readonly address: bigint | null;
  /** Address of the `llama_model_kv_override` entries, or null. */
  readonly valuesAddress: bigint | null;
  readonly values: readonly HeaderValue[];
  /** @throws InvalidInputError when the matrix is that of another model */
  readonly check: (tensors: readonly PlannedTensor[]) => void;
  readonly keep: () => unknown;
}

const NONE: NativeImportance = {
  address: null,
  valuesAddress: null,
  values: [],
  check: () => undefined,
  keep: () => undefined,
};

/** `struct llama_model_kv_override` of llama.cpp v0.5.0. */
const OVERRIDE = { tag: 0, key: 4, value: 136, size: 264, integer: 0, text: 3 } as const;
const TEXT_BYTES = 127;

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
  const values = headerValues(file, matrix);
  const overrides = Buffer.from(new ArrayBuffer((values.length + 1) * OVERRIDE.size));
  values.forEach(({ key, value }, i) => {
    const at = i * OVERRIDE.size;
    overrides.write(key, at + OVERRIDE.key);
    overrides.writeInt32LE(typeof value === 'number' ? OVERRIDE.integer : OVERRIDE.text, at + OVERRIDE.tag);
    if (typeof value === 'number') overrides.writeBigInt64LE(BigInt(value), at + OVERRIDE.value);
    else overrides.write(value, at + OVERRIDE.value);
  });
  return {
    address: koffi.address(table),
    valuesAddress: koffi.address(overrides),
    values,
    check: (tensors) => checkShapes(means, tensors),
    keep: () => keepAlive(table, names, data, overrides),
  };
}

/**
 * What the quantizer has to know for a dry run with a matrix that does not exist yet: that there will be one, which is
 * an empty list to it, and the keys that it will add, whose numbers have the same length whatever they are.
 */
export function expectedImportance({ file, dataset }: ExpectedMatrix): NativeImportance {
  const table = Buffer.from(new ArrayBuffer(24));
  const values = headerValues(file, { entries: new Map(), chunks: 1, datasets: [dataset] });
  return { ...NONE, address: koffi.address(table), values, keep: () => keepAlive(table) };
}

/** The file's name alone: where it lay is nobody's business who gets the model. */
function headerValues(
  file: string,
  { entries, chunks, datasets }: Pick<ImportanceMatrix, 'entries' | 'chunks' | 'datasets'>,
): HeaderValue[] {
  const [dataset] = datasets;
  return [
    { key: 'quantize.imatrix.file', value: cut(path.basename(file)) },
    ...(dataset === undefined ? [] : [{ key: 'quantize.imatrix.dataset', value: cut(dataset) }]),
    { key: 'quantize.imatrix.entries_count', value: entries.size },
    ...(chunks > 0 ? [{ key: 'quantize.imatrix.chunks_count', value: chunks }] : []),
  ];
}

/** As much as fits into the engine's fixed field, ending between characters. */
function cut(text: string): string {
  let bytes = Buffer.from(text, 'utf8').subarray(0, TEXT_BYTES);
  while (bytes.length > 0 && Buffer.byteLength(bytes.toString('utf8')) !== bytes.length) bytes = bytes.subarray(0, -1);
  return bytes.toString('utf8');
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
