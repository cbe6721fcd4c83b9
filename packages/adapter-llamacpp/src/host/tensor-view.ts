import koffi from 'koffi';
import type { Pointer } from '../native/structs.js';

/** Byte offsets in `struct ggml_tensor` of llama.cpp v0.5.0 on a 64-bit machine. */
const AT = { type: 0, buffer: 8, ne: 16, nb: 48, op: 80, src: 152, data: 248, name: 256, size: 336 } as const;
const NAME_BYTES = 64;

/** A tensor of a graph that the engine is computing; valid during the callback that shows it. */
export class TensorView {
  readonly address: Pointer;
  readonly #view: DataView;

  constructor(address: Pointer) {
    this.address = address;
    this.#view = new DataView(koffi.view(address, AT.size));
  }

  /** ggml's number of the type; 0 is F32. */
  get type(): number {
    return this.#view.getInt32(AT.type, true);
  }

  get op(): number {
    return this.#view.getInt32(AT.op, true);
  }

  get buffer(): Pointer {
    return this.#view.getBigUint64(AT.buffer, true);
  }

  get data(): Pointer {
    return this.#view.getBigUint64(AT.data, true);
  }

  /** Length of a dimension. */
  length(dimension: number): number {
    return Number(this.#view.getBigInt64(AT.ne + 8 * dimension, true));
  }

  /** Bytes from one element of a dimension to the next. */
  stride(dimension: number): number {
    return Number(this.#view.getBigUint64(AT.nb + 8 * dimension, true));
  }

  sourceAddress(index: number): bigint {
    return this.#view.getBigUint64(AT.src + 8 * index, true);
  }

  source(index: number): TensorView {
    return new TensorView(this.sourceAddress(index));
  }

  /** Bytes from the first to the last element of four bytes each. */
  get spannedBytes(): number {
    return [0, 1, 2, 3].reduce((bytes, i) => bytes + (this.length(i) - 1) * this.stride(i), 4);
  }

  /** The model's name for it: copies on other devices are called `device#name#copy`. */
  get name(): string {
    const bytes = Buffer.from(this.#view.buffer, this.#view.byteOffset + AT.name, NAME_BYTES);
    const name = bytes.toString('utf8', 0, bytes.indexOf(0));
    return name.includes('#') ? (name.split('#')[1] ?? name) : name;
  }
}
