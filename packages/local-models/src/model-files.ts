import { throwIfCancelled } from '@plimsoll/domain';
import type { InstalledVariant } from '@plimsoll/domain';
import { FileFacts } from './file-facts.js';
import type { CatalogOptions } from './folder-catalog.js';
import { ModelFolder } from './model-folder.js';
import type { ModelFile } from './model-folder.js';

/** The model files of a folder, as a runtime that loads them from there looks them up. */
export class ModelFiles {
  readonly #folder: ModelFolder;
  readonly #facts: FileFacts;

  constructor(options: CatalogOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#facts = new FileFacts(options.inspector ?? null);
  }

  async list(): Promise<readonly InstalledVariant[]> {
    return Promise.all((await this.#folder.list()).map((file) => this.#facts.variant(file)));
  }

  async find(name: string): Promise<InstalledVariant | null> {
    const file = await this.#folder.find(name);
    return file === null ? null : this.#facts.variant(file);
  }

  async pathOf(name: string): Promise<string | null> {
    return (await this.#folder.find(name))?.path ?? null;
  }

  /** @throws ModelNotFoundError, InvalidInputError for what is no name, CancelledError */
  async require(name: string, signal: AbortSignal | undefined): Promise<ModelFile> {
    throwIfCancelled(signal, 'Cancelled before the model was loaded.');
    return this.#folder.require(name);
  }

  /** As `require`. @throws CapabilityMissingError for a model that ranks documents */
  async requireEmbedder(name: string, signal: AbortSignal | undefined): Promise<ModelFile> {
    const file = await this.require(name, signal);
    await this.#facts.refuseReranker(file);
    return file;
  }

  /** As `require`. @throws CapabilityMissingError for a model that was not trained to rank documents */
  async requireReranker(name: string, signal: AbortSignal | undefined): Promise<ModelFile> {
    const file = await this.require(name, signal);
    await this.#facts.demandReranker(file);
    return file;
  }
}
