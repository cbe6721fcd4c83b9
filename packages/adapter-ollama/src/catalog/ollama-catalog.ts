import {
  baseName,
  isCloudName,
  parseModelName,
  parseModelReference,
  variantName,
  type CallOptions,
  type CatalogEntry,
  type CatalogOptions,
  type ModelCatalog,
} from '@plimsoll/domain';
import { sameOllamaModel, sameOllamaName } from '../model-name.js';
import type { OllamaApi } from '../ollama-api.js';
import { installedVariant } from '../runtime/installed-variant.js';
import { LIBRARY_LEVELS } from './library-levels.js';
import type { OllamaRegistry } from './ollama-registry.js';

/**
 * The variants of a model on an Ollama server and, where a registry is given, in the library. The library has no
 * list of tags; it is asked for the names that its convention gives, so unusual ones are not found.
 */
export class OllamaCatalog implements ModelCatalog {
  readonly #api: Pick<OllamaApi, 'tags'>;
  readonly #registry: OllamaRegistry | null;

  constructor(api: Pick<OllamaApi, 'tags'>, registry: OllamaRegistry | null = null) {
    this.#api = api;
    this.#registry = registry;
  }

  /** A name without a tag stands for every variant of that model; with one, for its levels only. @throws InvalidInputError when it is no name */
  async variants(model: string, options: CatalogOptions = {}): Promise<readonly CatalogEntry[]> {
    // A file is what is imported, and no variant that the server has.
    if (parseModelReference(model).kind === 'file') return [];
    const local = await this.#local(model, options);
    if (options.remote === false) return local;
    const remote = await this.#remote(model, options);
    return [...local, ...remote.filter(({ name }) => !local.some((known) => sameOllamaName(known.name, name)))];
  }

  async #local(model: string, options: CallOptions): Promise<readonly CatalogEntry[]> {
    const stem = parseModelName(model).tag === null ? null : baseName(model);
    return (await this.#api.tags(options))
      .map(installedVariant)
      .filter(({ name }) => sameOllamaModel(name, model))
      .filter(({ name }) => stem === null || sameOllamaName(baseName(name), stem))
      .map(({ name, level, sizeBytes, digest }) => ({ name, level, sizeBytes, digest, location: 'local' }));
  }

  async #remote(model: string, options: CallOptions): Promise<readonly CatalogEntry[]> {
    const registry = this.#registry;
    if (registry === null || isCloudName(model) || parseModelName(model).kind !== 'registry') return [];
    const base = baseName(model);
    const names = new Set([base, ...LIBRARY_LEVELS.map((level) => variantName(base, level))]);
    const entries = await Promise.all(
      [...names].map(async (name): Promise<CatalogEntry | null> => {
        const entry = await registry.find(name, options);
        return typeof entry === 'string' ? null : { name, ...entry, location: 'remote' };
      }),
    );
    return entries.filter((entry) => entry !== null);
  }
}
