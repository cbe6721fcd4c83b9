import type { TensorType } from '../quantization/tensor-type.js';

/** A metadata array. `values` is null when the reader skipped a long array without building it. */
export interface MetadataArray {
  readonly kind: 'array';
  readonly elementType: 'number' | 'bigint' | 'boolean' | 'string' | 'array';
  readonly length: number;
  readonly values: readonly (number | bigint | boolean | string)[] | null;
}

/** One GGUF metadata value. 64-bit integers that are exact as a number are given as numbers. */
export type MetadataValue = number | bigint | boolean | string | MetadataArray;

/** One tensor of a model file. */
export interface TensorInfo {
  readonly name: string;
  /** Dimensions as stored: `shape[0]` is the row length. */
  readonly shape: readonly number[];
  /** Null when the number is not one of ours (a fork's type). */
  readonly type: TensorType | null;
  readonly typeId: number;
  /** Bytes of the data, from the type, or from the offsets when the type is unknown. */
  readonly bytes: number;
  /** Byte offset of the data from the start of the file's data section. */
  readonly offset: number;
}

/** What a model is made of, read from its header(s) alone. Split files are one model. */
export interface ModelHeader {
  /** GGUF version, 2 or 3. */
  readonly version: number;
  /** `general.architecture`, such as `llama`. */
  readonly architecture: string;
  /** All metadata by key. Of split files, that of the first. */
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: readonly TensorInfo[];
  /** Bytes of the header(s): everything before the tensor data. */
  readonly headerBytes: number;
  /** Bytes of the file(s), or null when the source does not tell. */
  readonly fileBytes: number | null;
  /** Number of files the model is split into; 1 for an ordinary one. */
  readonly parts: number;
}

/** A metadata value as a finite number, or null when it is absent or of another kind. */
export function metadataNumber(header: ModelHeader, key: string): number | null {
  const value = header.metadata.get(key);
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A metadata value as text, or null when it is absent or of another kind. */
export function metadataString(header: ModelHeader, key: string): string | null {
  const value = header.metadata.get(key);
  return typeof value === 'string' ? value : null;
}

/** A numeric metadata array, or null when it is absent, skipped or not numeric. A scalar is no array. */
export function metadataNumbers(header: ModelHeader, key: string): readonly number[] | null {
  const value = header.metadata.get(key);
  if (typeof value !== 'object' || value.values === null) return null;
  const numbers = value.values.map(Number);
  return numbers.every(Number.isFinite) ? numbers : null;
}
