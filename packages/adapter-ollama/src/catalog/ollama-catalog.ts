import type { CallOptions, CatalogEntry, ModelCatalog } from '@plimsoll/domain';
import { parseOllamaName, sameOllamaModel } from '../model-name.js';
import type { OllamaApi } from '../ollama-api.js';
import { installedVariant } from '../runtime/installed-variant.js';
import type { OllamaRegistry } from './ollama-registry.js';
import { LIBRARY_LEVELS, libraryTag, tagStem } from './tag-stem.js';

/**
 * The variants of a model on an Ollama server and, where a registry is given, in the library. The library has no
 * list of tags; it is asked for the names that its convention gives, so unusual ones are not found.
 */
export class OllamaCatalog implements ModelCatalog {
  readonly #api: OllamaApi;
  readonly #registry: OllamaRegistry | null;

  constructor(api: OllamaApi, registry: OllamaRegistry | null = null) {
    this.#api = api;
    this.#registry = registry;
  }

  /** A name without a tag stands for every variant of that model; with one, for its levels only. */
  async variants(model: string, options: CallOptions = {}): Promise<readonly CatalogEntry[]> {
    const local = await this.#local(model, options);
    const known = new Set(local.map(({ name }) => name.toLowerCase()));
    const remote = await this.#remote(model, options);
    return [...local, ...remote.filter(({ name }) => !known.has(name.toLowerCase()))];
  }

  async #local(model: string, options: CallOptions): Promise<readonly CatalogEntry[]> {
    const { tag } = parseOllamaName(model);
    const stem = hasTag(model) ? tagStem(tag).toLowerCase() : null;
    return (await this.#api.tags(options))
      .map(installedVariant)
      .filter(({ name }) => sameOllamaModel(name, model))
      .filter(({ name }) => stem === null || tagStem(parseOllamaName(name).tag).toLowerCase() === stem)
      .map(({ name, level, sizeBytes, digest }) => ({ name, level, sizeBytes, digest, location: 'local' }));
  }

  async #remote(model: string, options: CallOptions): Promise<readonly CatalogEntry[]> {
    const registry = this.#registry;
    if (registry === null || /[:-]cloud$/i.test(model)) return [];
    const base = hasTag(model) ? model.slice(0, model.lastIndexOf(':')) : model;
    const stem = hasTag(model) ? tagStem(parseOllamaName(model).tag) : 'latest';
    const tags = stem === 'latest' ? ['latest'] : [stem, ...LIBRARY_LEVELS.map((level) => libraryTag(stem, level))];
    const names = [...new Set(tags.filter((tag) => tag !== '').map((tag) => `${base}:${tag}`))];
    const entries = await Promise.all(
      names.map(async (name): Promise<CatalogEntry | null> => {
        const entry = await registry.find(name, options);
        return typeof entry === 'string' ? null : { name, ...entry, location: 'remote' };
      }),
    );
    return entries.filter((entry) => entry !== null);
  }
}

function hasTag(model: string): boolean {
  return model.lastIndexOf(':') > model.lastIndexOf('/');
}
