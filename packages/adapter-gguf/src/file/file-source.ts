import { read } from 'node:fs';
import type { ByteSource } from '../header/byte-source.js';

/**
 * A local file, read in chunks large enough that waiting for the disk's thread does not count, and small enough to stay
 * in the processor's cache. The descriptor stays the caller's.
 */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly chunkBytes: number = 1 << 20;
  private readonly descriptor: number;

  constructor(descriptor: number, name: string, size: number) {
    this.descriptor = descriptor;
    this.name = name;
    this.size = size;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      read(this.descriptor, target, 0, target.length, position, (error, bytesRead) => {
        if (error === null) resolve(bytesRead);
        else reject(error);
      });
    });
  }
}
