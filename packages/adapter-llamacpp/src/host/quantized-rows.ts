import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import type { Engine } from '../native/engine.js';
import { keepAlive } from '../native/keep-alive.js';
import { offThread } from '../native/libllama.js';

/** Byte offset of `to_float` in `struct ggml_type_traits` of llama.cpp v0.5.0. */
const TO_FLOAT = 40;
const F32 = 0;

/** Rows of weights, one behind the other. */
export interface Rows {
  readonly values: Float32Array<ArrayBuffer>;
  readonly columns: number;
}

/**
 * The bytes of rows in a type, as the quantizer of whole files makes them.
 * @param importance mean squared inputs by column, or null
 */
export async function quantizeRows(
  { ggml }: Engine,
  { values, columns }: Rows,
  typeId: number,
  importance: Float32Array | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const rows = values.length / columns;
  const bytes = new Uint8Array(new ArrayBuffer(Number(ggml.rowBytes(typeId, columns)) * rows));
  const share = Math.ceil(rows / availableParallelism());
  const weights = importance === null ? null : koffi.address(importance);
  const [from, to] = [koffi.address(values), koffi.address(bytes)];
  ggml.quantizeInit(typeId);
  const parts = Array.from({ length: Math.ceil(rows / share) }, (_, i) => i * share);
  await Promise.all(
    parts.map((first) => {
      const count = Math.min(share, rows - first);
      return offThread(ggml.quantizeChunk, typeId, from, to, first * columns, count, columns, weights);
    }),
  );
  keepAlive(values, bytes, importance);
  return bytes;
}

/** Rows as floats, of whatever type they are stored in. */
export function floatsOf(
  { ggml }: Engine,
  bytes: Uint8Array<ArrayBuffer>,
  typeId: number,
  count: number,
): Float32Array<ArrayBuffer> {
  if (typeId === F32) return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  const values = new Float32Array(new ArrayBuffer(count * 4));
  const convert = koffi.decode(ggml.typeTraits(typeId), TO_FLOAT, 'void*') as bigint;
  koffi.call(convert, 'ToFloat', koffi.address(bytes), koffi.address(values), count);
  keepAlive(bytes, values);
  return values;
}
