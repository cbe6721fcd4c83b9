import type { Level } from '../quantization/level.js';
import type { CallOptions } from './abort-signal.js';

/** A variant of a model, wherever it lies. */
export interface CatalogEntry {
  readonly name: string;
  readonly level: Level | null;
  readonly sizeBytes: number | null;
  readonly digest: string | null;
  readonly location: 'local' | 'remote';
}

/** Tells which variants of a model there are, local and remote. */
export interface ModelCatalog {
  /** The variants of the model that `model` names (with or without a level); empty when none is known. */
  variants(model: string, options?: CallOptions): Promise<readonly CatalogEntry[]>;
}
