import { baseName } from '@plimsoll/domain';
import type { CatalogEntry, ModelCatalog } from '@plimsoll/domain';
import type { InMemoryModelRuntime } from './in-memory-model-runtime.js';

/** The variants of an in-memory runtime: those whose names have the same base. */
export class InMemoryModelCatalog implements ModelCatalog {
  readonly #runtime: InMemoryModelRuntime;

  constructor(runtime: InMemoryModelRuntime) {
    this.#runtime = runtime;
  }

  async variants(model: string): Promise<readonly CatalogEntry[]> {
    return this.#runtime.variants
      .filter(({ name }) => baseName(name) === baseName(model))
      .map(({ name, level, sizeBytes, digest }) => ({ name, level, sizeBytes, digest, location: 'local' }));
  }
}
