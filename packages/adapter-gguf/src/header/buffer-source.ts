import type { ByteSource } from './byte-source.js';

/** A whole file in memory. */
export class BufferSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly chunkBytes: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array, name = 'buffer', chunkBytes: number = 1 << 20) {
    this.bytes = bytes;
    this.name = name;
    this.size = bytes.length;
    this.chunkBytes = chunkBytes;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const part = this.bytes.subarray(position, position + target.length);
    target.set(part);
    return part.length;
  }
}
