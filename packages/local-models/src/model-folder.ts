import { readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { InvalidInputError, ModelNotFoundError, StorageFailedError, parseModelReference } from '@plimsoll/domain';
import { splitParts } from './split-parts.js';

/** A model file and the name it goes by. */
export interface ModelFile {
  readonly name: string;
  /** The file, or the first part of a split one. */
  readonly path: string;
  /** Bytes of all parts. */
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
}

const PART = /-(\d{5})-of-(\d{5})$/;
/** What lets a model see lies beside it and is not a model. */
const PROJECTOR = /^mmproj/i;
const MAX_DEPTH = 4;
const MAX_FILES = 10_000;

/**
 * The folder with GGUF files. A model's name is its file's path inside the folder without `.gguf` and without
 * the part number of a split file; `:` in a name stands for `-` in a file. A path to a file is taken as it is.
 */
export class ModelFolder {
  readonly #root: string;

  constructor(root: string) {
    this.#root = path.resolve(expandHome(root));
  }

  /** All models, by name. A folder that does not exist holds none. */
  async list(): Promise<readonly ModelFile[]> {
    const files: string[] = [];
    await this.#collect(this.#root, 0, files);
    const models = new Map<string, ModelFile>();
    for (const file of files.sort()) {
      const stem = path.relative(this.#root, file).slice(0, -'.gguf'.length).split(path.sep).join('/');
      const name = stem.replace(PART, '');
      const { size, mtimeMs } = await stat(file);
      const known = models.get(name);
      models.set(name, {
        name,
        path: known?.path ?? file,
        sizeBytes: size + (known?.sizeBytes ?? 0),
        modifiedAtMs: Math.max(mtimeMs, known?.modifiedAtMs ?? 0),
      });
    }
    return [...models.values()];
  }

  /** The model that a name or a path means, or null. */
  async find(model: string): Promise<ModelFile | null> {
    if (isPath(model)) return this.#fileAt(model, path.resolve(expandHome(model)));
    const stem = this.#inside(model);
    for (const candidate of [stem, stem.replaceAll(':', '-')]) {
      const found = (await this.#fileAt(model, `${candidate}.gguf`)) ?? (await this.#split(model, candidate));
      if (found !== null) return found;
    }
    return null;
  }

  /** @throws ModelNotFoundError when there is none. */
  async require(model: string): Promise<ModelFile> {
    const found = await this.find(model);
    if (found !== null) return found;
    throw new ModelNotFoundError(
      isPath(model) ? `There is no model file ${model}.` : `There is no model ${model} in ${this.#root}.`,
      { hint: 'A path to a GGUF file works too.', remedies: [{ kind: 'list-models' }] },
    );
  }

  /** Where a new model of that name or path goes. */
  place(model: string): string {
    return isPath(model) ? path.resolve(expandHome(model)) : `${this.#inside(model).replaceAll(':', '-')}.gguf`;
  }

  /** A name must not lead out of the folder. */
  #inside(name: string): string {
    const full = path.resolve(this.#root, name);
    if (name.trim() === '' || name.includes('\0') || !full.startsWith(this.#root + path.sep)) {
      throw new InvalidInputError(`"${name}" is no model name.`, {
        hint: 'Give a name of the list of models, or a path that ends in .gguf.',
        remedies: [{ kind: 'list-models' }],
      });
    }
    return full;
  }

  /** A file; any part of a split model is the model. */
  async #fileAt(model: string, file: string): Promise<ModelFile | null> {
    const first = file.replace(/-\d{5}(-of-\d{5}\.gguf)$/, '-00001$1');
    const found = await fileAt(model, first);
    if (found === null) return null;
    let { sizeBytes } = found;
    for (const part of splitParts(first).slice(1)) {
      const bytes = (await fileAt(model, part))?.sizeBytes;
      // One that is missing shows when the model is loaded.
      if (bytes === undefined) break;
      sizeBytes += bytes;
    }
    return { ...found, sizeBytes };
  }

  async #split(model: string, stem: string): Promise<ModelFile | null> {
    const name = path.relative(this.#root, stem).split(path.sep).join('/');
    const parts = await readdir(path.dirname(stem)).catch(() => [] as string[]);
    const base = path.basename(stem);
    if (!parts.some((part) => part.startsWith(`${base}-00001-of-`))) return null;
    const found = (await this.list()).find((file) => file.name === name);
    return found === undefined ? null : { ...found, name: model };
  }

  async #collect(folder: string, depth: number, files: string[]): Promise<void> {
    let entries;
    try {
      entries = await readdir(folder, { withFileTypes: true });
    } catch (cause) {
      if (depth > 0 || (cause as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw new StorageFailedError(`The models folder ${folder} cannot be read.`, { cause });
    }
    for (const entry of entries) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory() && depth < MAX_DEPTH) await this.#collect(full, depth + 1, files);
      // Through a link too; whatever is no file fails the later look at it.
      else if (
        /\.gguf$/.test(entry.name) &&
        !PROJECTOR.test(entry.name) &&
        !entry.isDirectory() &&
        files.length < MAX_FILES
      ) {
        if (entry.isFile() || (await stat(full).catch(() => null))?.isFile() === true) files.push(full);
      }
    }
  }
}

function isPath(model: string): boolean {
  return parseModelReference(model).kind === 'file' || path.isAbsolute(model);
}

function expandHome(file: string): string {
  return /^~(?=[\\/]|$)/.test(file) ? path.join(homedir(), file.slice(1)) : file;
}

async function fileAt(name: string, file: string): Promise<ModelFile | null> {
  try {
    const facts = await stat(file);
    return facts.isFile() ? { name, path: file, sizeBytes: facts.size, modifiedAtMs: facts.mtimeMs } : null;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return null;
    throw new StorageFailedError(`${file} cannot be read.`, { cause });
  }
}
