import type { ModelHeader } from '../model/model-header.js';
import type { ModelReference } from '../model/model-reference.js';
import type { CallOptions } from './abort-signal.js';

/** A header and where it was found. */
export interface InspectedModel {
  readonly header: ModelHeader;
  /** A local path when the model lies on this machine, else null. */
  readonly path: string | null;
  /** `sha256:…` when the source tells it for free, else null. */
  readonly digest: string | null;
  /** Human-readable origin: the path, URL or repository file that was read. */
  readonly origin: string;
  /** Bytes that had to be fetched over a network; 0 for local files and cache hits. */
  readonly fetchedBytes: number;
}

/** Reads a model's architecture, metadata and tensors from its header, wherever it lies. */
export interface ModelInspector {
  /** Whether this inspector understands that kind of reference. */
  supports(reference: ModelReference): boolean;
  /** @throws ModelNotFoundError, InvalidModelFileError, BackendUnreachableError, StorageFailedError */
  inspect(reference: ModelReference, options?: CallOptions): Promise<InspectedModel>;
}
