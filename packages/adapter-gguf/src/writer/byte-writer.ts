/** Number formats that binary headers use. */
export type NumberFormat =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'float32'
  | 'uint64'
  | 'int64'
  | 'float64';

const SIZES: Readonly<Record<NumberFormat, number>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float32: 4,
  uint64: 8,
  int64: 8,
  float64: 8,
};

/** A buffer that grows as numbers and strings are appended. */
export class ByteWriter {
  private readonly littleEndian: boolean;
  private view: DataView<ArrayBuffer> = new DataView(new ArrayBuffer(4096));
  private length = 0;

  constructor(littleEndian = true) {
    this.littleEndian = littleEndian;
  }

  number(format: NumberFormat, value: number | bigint): void {
    const at = this.claim(SIZES[format]);
    const { view, littleEndian } = this;
    switch (format) {
      case 'uint8': {
        view.setUint8(at, Number(value));
        return;
      }
      case 'int8': {
        view.setInt8(at, Number(value));
        return;
      }
      case 'uint16': {
        view.setUint16(at, Number(value), littleEndian);
        return;
      }
      case 'int16': {
        view.setInt16(at, Number(value), littleEndian);
        return;
      }
      case 'uint32': {
        view.setUint32(at, Number(value), littleEndian);
        return;
      }
      case 'int32': {
        view.setInt32(at, Number(value), littleEndian);
        return;
      }
      case 'float32': {
        view.setFloat32(at, Number(value), littleEndian);
        return;
      }
      case 'uint64': {
        view.setBigUint64(at, BigInt(value), littleEndian);
        return;
      }
      case 'int64': {
        view.setBigInt64(at, BigInt(value), littleEndian);
        return;
      }
      case 'float64': {
        view.setFloat64(at, Number(value), littleEndian);
        return;
      }
    }
  }

  /** A 64-bit length and the UTF-8 bytes. */
  string(text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.number('uint64', bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    const at = this.claim(bytes.length);
    new Uint8Array(this.view.buffer).set(bytes, at);
  }

  /** Appends zeros up to a multiple of `alignment`. */
  padTo(alignment: number): void {
    if (alignment > 0) this.claim((alignment - (this.length % alignment)) % alignment);
  }

  /** A copy of what was written. */
  bytes(): Uint8Array {
    return new Uint8Array(this.view.buffer.slice(0, this.length));
  }

  private claim(count: number): number {
    const at = this.length;
    const needed = at + count;
    if (needed > this.view.byteLength) {
      const grown = new Uint8Array(Math.max(needed, this.view.byteLength * 2));
      grown.set(new Uint8Array(this.view.buffer, 0, at));
      this.view = new DataView(grown.buffer);
    }
    this.length = needed;
    return at;
  }
}
