/** Bytes that were fetched from a remote file or document. */
export interface CachedFile {
  /** Size of the whole file in bytes. */
  readonly size: number;
  /** The server's name for this version of the file, or null. */
  readonly etag: string | null;
  /** The parts that were fetched, by offset. */
  readonly ranges: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

/**
 * Keeps what remote reading fetched, so that the same header is not fetched twice and is there without a network.
 * A cache never fails: what cannot be read or written is simply not cached.
 */
export interface HeaderCache {
  get(key: string): Promise<CachedFile | null>;
  put(key: string, file: CachedFile): Promise<void>;
}

/** The cache that keeps nothing. */
export const NO_CACHE: HeaderCache = { get: async () => null, put: async () => undefined };
