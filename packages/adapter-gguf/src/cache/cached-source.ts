import type { ByteSource } from '../header/byte-source.js';
import type { CachedFile } from './header-cache.js';

/** Thrown when a cached copy lacks bytes that the reader asks for. The copy is then fetched anew. */
export class CacheMissError extends Error {}

/** A remote file as far as it was fetched. */
export class CachedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  readonly chunkBytes: number = 512 * 1024;
  private readonly file: CachedFile;

  constructor(file: CachedFile, name: string) {
    this.file = file;
    this.name = name;
    this.size = file.size;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    if (position >= this.size) return 0;
    for (const { offset, bytes } of this.file.ranges) {
      if (offset <= position && position < offset + bytes.length) {
        const part = bytes.subarray(position - offset, position - offset + target.length);
        target.set(part);
        return part.length;
      }
    }
    throw new CacheMissError(`${this.name}: byte ${position} is not in the cache`);
  }
}
