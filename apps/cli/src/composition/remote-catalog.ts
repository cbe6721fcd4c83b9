import type { ModelCatalog } from '@plimsoll/domain';
import type { ServiceIdentifier } from 'inversify';

/**
 * What repositories and libraries offer for download. The same symbol as `REMOTE_CATALOG` of adapter-gguf, whose entry
 * would bring the container and the reader of headers along before anything needs them.
 */
export const REMOTE_CATALOG: ServiceIdentifier<ModelCatalog> & symbol = Symbol.for(
  '@plimsoll/adapter-gguf/RemoteCatalog',
);
