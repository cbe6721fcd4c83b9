import { CancelledError, type CallOptions } from '@plimsoll/domain';
import type { ByteSource } from './byte-source.js';
import { fault } from './fault.js';

const TOO_LONG = 'No real header is that long: the file is damaged or made to do harm.';

/**
 * Walks a source from its start through one reused window. Numbers are read without waiting once `need` has
 * brought their bytes in; `skip` passes over bytes without fetching those outside the window.
 */
export class Cursor {
  readonly name: string;
  /** First byte that cannot be read: the end of the file, or the longest header we accept. */
  readonly limit: number;
  littleEndian = true;
  private readonly source: ByteSource;
  private readonly options: CallOptions;
  private window: Uint8Array<ArrayBuffer>;
  private view: DataView<ArrayBuffer>;
  /** Absolute offset of the window's first byte. */
  private base = 0;
  private position = 0;
  private end = 0;

  constructor(source: ByteSource, maxHeaderBytes: number, options: CallOptions = {}) {
    this.source = source;
    this.name = source.name;
    this.options = options;
    this.limit = Math.min(source.size ?? maxHeaderBytes, maxHeaderBytes);
    this.window = new Uint8Array(Math.min(source.chunkBytes, this.limit));
    this.view = new DataView(this.window.buffer);
  }

  /** Absolute offset of the next byte. */
  get offset(): number {
    return this.base + this.position;
  }

  /** Bytes that may still follow. */
  get remaining(): number {
    return this.limit - this.offset;
  }

  /** Whether the next `count` bytes can be read without waiting. */
  has(count: number): boolean {
    return this.end - this.position >= count;
  }

  /**
   * Brings the next `count` bytes in. `atLeast` tells how many bytes the header is known to go on for,
   * so that a slow source can fetch them in one go.
   */
  async need(count: number, field: string, atLeast: number = count): Promise<void> {
    if (this.has(count)) return;
    this.demand(count, field);
    const wanted = this.makeRoom(count, atLeast);
    while (this.end < count) {
      if (this.options.signal?.aborted === true) throw new CancelledError(`Reading ${this.name} was cancelled.`);
      const read = await this.source.read(this.window.subarray(this.end, wanted), this.base + this.end, this.options);
      if (read === 0) throw this.cutOff(count, field);
      this.end += read;
    }
  }

  /** Passes over `count` bytes. */
  skip(count: number, field: string): void {
    this.demand(count, field);
    this.position += count;
  }

  /**
   * Passes over length-prefixed strings as far as the window reaches, at most `count` of them, and returns
   * how many. Their bytes are never looked at.
   */
  skipStrings(count: number, field: string): number {
    const { view, littleEndian } = this;
    const lastStart = this.end - 8;
    const lowAt = littleEndian ? 0 : 4;
    let { position } = this;
    let start = position;
    let done = 0;
    while (done < count && position <= lastStart) {
      start = position;
      const low = view.getInt32(position + lowAt, littleEndian);
      if (low < 0 || view.getInt32(position + 4 - lowAt, littleEndian) !== 0) {
        this.position = position;
        throw this.impossibleLength(`${field}, text ${done}`);
      }
      position += 8 + low;
      done++;
    }
    this.position = position;
    if (this.offset > this.limit) {
      this.position = start;
      throw this.impossibleLength(`${field}, text ${done - 1}`);
    }
    return done;
  }

  uint8(): number {
    return this.view.getUint8(this.advance(1));
  }

  uint32(): number {
    return this.view.getUint32(this.advance(4), this.littleEndian);
  }

  uint64(): bigint {
    return this.view.getBigUint64(this.advance(8), this.littleEndian);
  }

  /** Hands the window to a number reader and passes over `size` bytes. */
  scalar<T>(size: number, read: (view: DataView, at: number, littleEndian: boolean) => T): T {
    return read(this.view, this.advance(size), this.littleEndian);
  }

  /** The next `count` bytes as text; `need(count)` comes first. */
  text(count: number): string {
    const at = this.advance(count);
    return Buffer.from(this.window.buffer, at, count).toString('utf8');
  }

  /** At most `count` bytes that are already there, without passing over them; valid until the next `need`. */
  peek(count: number): Buffer {
    return Buffer.from(this.window.buffer, this.position, Math.min(count, Math.max(0, this.end - this.position)));
  }

  /** A 64-bit length or count that must not exceed `most`; the bytes it governs must still fit the file. */
  count(field: string, bytesEach: number): number {
    const at = this.offset;
    const value = this.uint64();
    if (value * BigInt(bytesEach) > BigInt(this.remaining)) {
      throw fault(
        { name: this.name, offset: at, field },
        `is ${value}, but only ${this.remaining} bytes can follow${this.whyLimit()}`,
      );
    }
    return Number(value);
  }

  private advance(count: number): number {
    const at = this.position;
    this.position += count;
    return at;
  }

  private demand(count: number, field: string): void {
    if (count <= this.remaining) return;
    throw this.cutOff(count, field);
  }

  private cutOff(count: number, field: string): Error {
    const place = { name: this.name, offset: this.offset, field };
    return this.source.size !== null && this.source.size > this.limit
      ? fault(place, `the header is longer than ${this.limit} bytes`, TOO_LONG)
      : fault(place, `needs ${count} bytes, but the file ends at byte ${this.source.size ?? this.base + this.end}`);
  }

  private impossibleLength(field: string): Error {
    const length = this.view.getBigUint64(this.position, this.littleEndian);
    return this.cutOff(8 + Number(length), field);
  }

  private whyLimit(): string {
    return this.source.size === this.limit ? ' in the file' : ' in a header';
  }

  /**
   * Moves what is left to the front of a window that holds `count` bytes, or more when it pays, and returns
   * up to where to fill it.
   */
  private makeRoom(count: number, atLeast: number): number {
    const left = Math.max(0, this.end - this.position);
    const useful = Math.min(Math.max(atLeast, this.source.chunkBytes), 8 * this.source.chunkBytes);
    const size = Math.min(Math.max(count, useful), this.limit - this.offset);
    const kept = this.window.subarray(this.end - left, this.end);
    if (size > this.window.length) {
      this.window = new Uint8Array(size);
      this.view = new DataView(this.window.buffer);
      this.window.set(kept);
    } else {
      this.window.set(kept);
    }
    this.base += this.position;
    this.position = 0;
    this.end = left;
    return size;
  }
}
