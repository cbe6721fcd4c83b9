import type { VariantLevel } from '../quantization/variant-level.js';
import type { CallOptions } from './abort-signal.js';

/** A variant of a model, wherever it lies. */
export interface CatalogEntry {
  readonly name: string;
  readonly level: VariantLevel | null;
  readonly sizeBytes: number | null;
  readonly digest: string | null;
  readonly location: 'local' | 'remote';
}

/** What may be asked. */
export interface CatalogOptions extends CallOptions {
  /**
   * Whether public registries may be asked too: it takes time, and tells them which model is used. Only what is at hand
   * counts when false; asked when absent.
   */
  readonly remote?: boolean | undefined;
}

/** Tells which variants of a model there are, local and remote. */
export interface ModelCatalog {
  /** The variants of the model that `model` names (with or without a level); empty when none is known. */
  variants(model: string, options?: CatalogOptions): Promise<readonly CatalogEntry[]>;
}
