import { open } from 'node:fs/promises';
import { InvalidInputError, TENSOR_TYPES, tensorBytes, type TensorType } from '@plimsoll/domain';
import { ByteWriter } from './byte-writer.js';

/** Names and numbers of GGUF's metadata value types. Source: ggml `docs/gguf.md`. */
export const GGUF_VALUE_TYPES = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const;

/** Name of a GGUF metadata value type; arrays are given by their element type. */
export type GgufValueType = keyof typeof GGUF_VALUE_TYPES;

/** One value in a GGUF file. */
export type GgufScalar = number | bigint | boolean | string;

/** A value with its storage type spelled out. An array value is stored as a GGUF array of that type. */
export interface TypedGgufValue {
  readonly type: GgufValueType;
  readonly value: GgufScalar | readonly GgufScalar[];
}

/**
 * A metadata value. Plain ones get the type that llama.cpp's converters use: text → string, whole numbers →
 * uint32 (int32 below zero, uint64 above 32 bits), other numbers → float32, bigint → uint64.
 */
export type GgufValue = GgufScalar | readonly GgufScalar[] | TypedGgufValue;

/** One tensor to announce. Its data is never written. */
export interface GgufTensorSpec {
  readonly name: string;
  /** `shape[0]` is the row length, as stored. */
  readonly shape: readonly (number | bigint)[];
  /** A known type, or any number for a fork's type (then give `bytes`). */
  readonly type: TensorType | number;
  /** Bytes of the data; computed from type and shape when left out. */
  readonly bytes?: number;
  /** Offset in the data section; laid out one after the other when left out. Tests use it to lie. */
  readonly offset?: number | bigint;
}

/** What the header says. */
export interface GgufSpec {
  readonly metadata: Readonly<Record<string, GgufValue>> | Iterable<readonly [string, GgufValue]>;
  readonly tensors?: readonly GgufTensorSpec[];
  /** Default 3. */
  readonly version?: number;
  /** Default little. Big-endian files exist since version 3. */
  readonly endian?: 'little' | 'big';
}

/** Sizes of a file whose data is a hole, in bytes. */
export interface SparseSizes {
  readonly headerBytes: number;
  /** As long as the file claims to be; on the disk it takes little more than its header. */
  readonly fileBytes: number;
}

/** The bytes of a GGUF header, padded to the alignment: a whole file as far as any header reader can tell. */
export function createGguf(spec: GgufSpec): Uint8Array {
  return layOut(spec).header;
}

/**
 * Writes a GGUF file whose tensor data is a hole: full length, real header, no data, hardly any disk space.
 * Returns the sizes. Engines that only look at the header (no-alloc loads, dry runs) take it for the real model.
 */
export async function writeSparseGguf(path: string, spec: GgufSpec): Promise<SparseSizes> {
  const { header, dataBytes } = layOut(spec);
  const file = await open(path, 'w');
  try {
    await file.writeFile(header);
    await file.truncate(header.length + dataBytes);
  } finally {
    await file.close();
  }
  return { headerBytes: header.length, fileBytes: header.length + dataBytes };
}

function layOut(spec: GgufSpec): { header: Uint8Array; dataBytes: number } {
  const out = new ByteWriter(spec.endian !== 'big');
  const entries: (readonly [string, GgufValue])[] =
    Symbol.iterator in spec.metadata ? [...spec.metadata] : Object.entries(spec.metadata);
  const tensors = spec.tensors ?? [];
  const declared = entries.find(([key]) => key === 'general.alignment')?.[1];
  const alignment = typeof declared === 'number' ? declared : 32;

  out.raw(new Uint8Array([0x47, 0x47, 0x55, 0x46]));
  out.number('uint32', spec.version ?? 3);
  out.number('uint64', tensors.length);
  out.number('uint64', entries.length);
  for (const [key, value] of entries) {
    out.string(key);
    writeValue(out, typedValue(value));
  }
  let dataBytes = 0;
  for (const tensor of tensors) {
    out.string(tensor.name);
    out.number('uint32', tensor.shape.length);
    for (const dimension of tensor.shape) out.number('uint64', dimension);
    out.number('uint32', typeof tensor.type === 'number' ? tensor.type : TENSOR_TYPES[tensor.type].id);
    out.number('uint64', tensor.offset ?? dataBytes);
    dataBytes = roundUp(dataBytes + bytesOf(tensor), alignment);
  }
  out.padTo(alignment);
  return { header: out.bytes(), dataBytes };
}

function bytesOf(tensor: GgufTensorSpec): number {
  if (tensor.bytes !== undefined) return tensor.bytes;
  if (typeof tensor.type === 'number')
    throw new InvalidInputError(`tensor ${tensor.name}: give bytes for type ${tensor.type}`);
  const bytes = tensorBytes(tensor.type, tensor.shape.map(Number));
  if (bytes === null)
    throw new InvalidInputError(`tensor ${tensor.name}: its rows do not divide into ${tensor.type} blocks`);
  return bytes;
}

function typedValue(value: GgufValue): TypedGgufValue {
  if (isList(value)) return { type: commonType(value), value };
  return typeof value === 'object' ? value : { type: commonType([value]), value };
}

function commonType(values: readonly GgufScalar[]): GgufValueType {
  const first = values[0];
  if (typeof first === 'string') return 'string';
  if (typeof first === 'boolean') return 'bool';
  if (typeof first === 'bigint') return 'uint64';
  const numbers = values.map(Number);
  if (!numbers.every(Number.isInteger)) return 'float32';
  if (numbers.some((n) => n < 0)) return 'int32';
  return numbers.some((n) => n > 0xffffffff) ? 'uint64' : 'uint32';
}

function writeValue(out: ByteWriter, { type, value }: TypedGgufValue): void {
  if (!isList(value)) {
    out.number('uint32', GGUF_VALUE_TYPES[type]);
    writeScalar(out, type, value);
    return;
  }
  out.number('uint32', 9);
  out.number('uint32', GGUF_VALUE_TYPES[type]);
  out.number('uint64', value.length);
  for (const element of value) writeScalar(out, type, element);
}

function writeScalar(out: ByteWriter, type: GgufValueType, value: GgufScalar): void {
  if (type === 'string') out.string(String(value));
  else if (type === 'bool') out.number('uint8', value === true ? 1 : 0);
  else out.number(type, typeof value === 'bigint' ? value : Number(value));
}

function isList(value: GgufValue): value is readonly GgufScalar[] {
  return Array.isArray(value);
}

function roundUp(n: number, step: number): number {
  return step > 0 ? Math.ceil(n / step) * step : n;
}
