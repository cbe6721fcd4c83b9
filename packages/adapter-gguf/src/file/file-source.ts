import type { FileHandle } from 'node:fs/promises';
import type { ByteSource } from '../header/byte-source.js';

/** A local file, read in chunks large enough that waiting for the disk's thread does not count. The handle stays the caller's. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly chunkBytes: number = 4 << 20;
  private readonly handle: FileHandle;

  constructor(handle: FileHandle, name: string, size: number) {
    this.handle = handle;
    this.name = name;
    this.size = size;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const { bytesRead } = await this.handle.read(target, 0, target.length, position);
    return bytesRead;
  }
}
