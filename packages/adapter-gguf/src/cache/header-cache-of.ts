import { DiskHeaderCache } from './disk-header-cache.js';
import { NO_CACHE, type HeaderCache } from './header-cache.js';

/** Where remote headers are kept. */
export interface HeaderCacheOptions {
  /** Folder of the cache; null keeps none. Default null. */
  readonly cacheFolder?: string | null;
  /** Size limit of that folder. Default 512 MiB. */
  readonly cacheMaxBytes?: number;
}

/** The cache that the options ask for. */
export function headerCache({ cacheFolder, cacheMaxBytes }: HeaderCacheOptions): HeaderCache {
  const maxBytes = cacheMaxBytes === undefined ? {} : { maxBytes: cacheMaxBytes };
  return cacheFolder ? new DiskHeaderCache({ folder: cacheFolder, ...maxBytes }) : NO_CACHE;
}
