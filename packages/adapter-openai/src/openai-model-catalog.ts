import { baseName, isPlimsollError } from '@plimsoll/domain';
import type { CallOptions, CatalogEntry, ModelCatalog, ModelRuntime } from '@plimsoll/domain';

/** The variants that a server serves. It knows of none elsewhere, so all are local to it. */
export class OpenAiModelCatalog implements ModelCatalog {
  readonly #runtime: ModelRuntime;

  constructor(runtime: ModelRuntime) {
    this.#runtime = runtime;
  }

  async variants(model: string, options?: CallOptions): Promise<readonly CatalogEntry[]> {
    const [named, served] = await Promise.all([this.#runtime.find(model, options), this.#runtime.list(options)]);
    return served
      .filter(({ name }) => name === named?.name || (base(name) !== null && base(name) === base(model)))
      .map(({ name, level, sizeBytes, digest }) => ({ name, level, sizeBytes, digest, location: 'local' }));
  }
}

/** Servers choose their names freely; one that follows no scheme has no base. */
function base(name: string): string | null {
  try {
    return baseName(name);
  } catch (error) {
    if (isPlimsollError(error)) return null;
    throw error;
  }
}
