/** How one kind of fixed-size metadata value is stored. */
export interface ScalarLayout {
  readonly size: number;
  readonly kind: 'number' | 'bigint' | 'boolean';
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number | bigint | boolean;
}

/** Number of the value type "text with a 64-bit length". */
export const STRING_TYPE = 8;

/** Number of the value type "array". */
export const ARRAY_TYPE = 9;

const number = (size: number, read: ScalarLayout['read']): ScalarLayout => ({ size, kind: 'number', read });
const wide = (read: (view: DataView, at: number, littleEndian: boolean) => bigint): ScalarLayout => ({
  size: 8,
  kind: 'bigint',
  read: (view, at, littleEndian) => exactNumber(read(view, at, littleEndian)),
});

/** Fixed-size metadata value types by number. Source: ggml `docs/gguf.md` (`gguf_metadata_value_type`). */
export const SCALARS: ReadonlyMap<number, ScalarLayout> = new Map([
  [0, number(1, (view, at) => view.getUint8(at))],
  [1, number(1, (view, at) => view.getInt8(at))],
  [2, number(2, (view, at, le) => view.getUint16(at, le))],
  [3, number(2, (view, at, le) => view.getInt16(at, le))],
  [4, number(4, (view, at, le) => view.getUint32(at, le))],
  [5, number(4, (view, at, le) => view.getInt32(at, le))],
  [6, number(4, (view, at, le) => view.getFloat32(at, le))],
  [7, { size: 1, kind: 'boolean', read: (view, at) => view.getUint8(at) !== 0 }],
  [10, wide((view, at, le) => view.getBigUint64(at, le))],
  [11, wide((view, at, le) => view.getBigInt64(at, le))],
  [12, number(8, (view, at, le) => view.getFloat64(at, le))],
]);

function exactNumber(value: bigint): number | bigint {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : value;
}
