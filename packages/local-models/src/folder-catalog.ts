import { LEVEL_NAMES, parseModelReference } from '@plimsoll/domain';
import type { CatalogEntry, ModelCatalog, ModelInspector } from '@plimsoll/domain';
import { FileFacts } from './file-facts.js';
import { ModelFolder } from './model-folder.js';
import type { ModelFile } from './model-folder.js';
import { recipesBeside } from './recipes-beside.js';

/** How the catalogue is set up. */
export interface CatalogOptions {
  /** Folder in which models go by name. */
  readonly modelsFolder: string;
  /** Tells the files' levels; without one they are unknown. */
  readonly inspector?: ModelInspector | undefined;
}

const LEVEL_AT_END = new RegExp(`[-._:](?:${[...LEVEL_NAMES, 'FP16', 'FP32', 'mixed-[\\d.]+bpw'].join('|')})$`, 'i');

/** The variants of a model among the files of a folder: those whose names differ in the level alone. */
export class FolderCatalog implements ModelCatalog {
  readonly #folder: ModelFolder;
  readonly #files: FileFacts;

  constructor(options: CatalogOptions) {
    this.#folder = new ModelFolder(options.modelsFolder);
    this.#files = new FileFacts(options.inspector ?? null);
  }

  async variants(model: string): Promise<readonly CatalogEntry[]> {
    const files = await this.#filesOf(model);
    const variants = await Promise.all(files.map((file) => this.#files.variant(file)));
    return variants.map(({ name, level, sizeBytes, digest }) => ({
      name,
      level,
      sizeBytes,
      digest,
      location: 'local',
    }));
  }

  /** A path stands for itself, and for what recipes made of it: how they are named is not known beforehand. */
  async #filesOf(model: string): Promise<readonly ModelFile[]> {
    if (parseModelReference(model).kind === 'file') {
      const file = await this.#folder.find(model);
      if (file === null) return [];
      const recipes = await Promise.all((await recipesBeside(model)).map((recipe) => this.#folder.find(recipe)));
      return [file, ...recipes.filter((recipe) => recipe !== null)];
    }
    const base = baseName(model);
    return (await this.#folder.list()).filter((file) => baseName(file.name) === base);
  }
}

/** A name without its level; `:` stands for `-` in file names. */
function baseName(name: string): string {
  return name
    .replace(/\.gguf$/i, '')
    .replace(LEVEL_AT_END, '')
    .replaceAll(':', '-')
    .toLowerCase();
}
