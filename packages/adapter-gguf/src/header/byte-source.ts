import type { CallOptions } from '@plimsoll/domain';

/** Where a header's bytes come from: a file, a buffer, ranges of a URL, a cache. */
export interface ByteSource {
  /** How messages name it: a path, a URL. */
  readonly name: string;
  /** Bytes of the whole file, or null when the source does not tell. */
  readonly size: number | null;
  /** Bytes that one read should ask for: what is cheap to fetch at once. */
  readonly chunkBytes: number;
  /** Fills `target` from byte `position` on; returns how many bytes were read, 0 only at the end of the file. */
  read(target: Uint8Array, position: number, options?: CallOptions): Promise<number>;
}
