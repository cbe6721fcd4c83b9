import { statedLevel } from '@plimsoll/domain';
import type { InstalledVariant, ModelInspector } from '@plimsoll/domain';
import { fileDigest } from './file-digest.js';
import type { ModelFile } from './model-folder.js';

const MOST_KEPT = 1_000;

type Facts = Pick<InstalledVariant, 'level' | 'architecture' | 'parameterSize' | 'digest'>;

/** What the files themselves tell, read once per file as long as it does not change. */
export class FileFacts {
  readonly #inspector: ModelInspector | null;
  readonly #known = new Map<string, Facts>();

  constructor(inspector: ModelInspector | null) {
    this.#inspector = inspector;
  }

  async variant(file: ModelFile): Promise<InstalledVariant> {
    const { name, path, sizeBytes, modifiedAtMs } = file;
    return { name, path, sizeBytes, modifiedAtMs, ...(await this.#facts(file)) };
  }

  async #facts(file: ModelFile): Promise<Facts> {
    const key = `${file.path}\0${file.sizeBytes}\0${file.modifiedAtMs}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    const facts = { ...(await this.#read(file.path)), digest: await fileDigest(file.path) };
    this.#known.set(key, facts);
    return facts;
  }

  async #read(path: string): Promise<Omit<Facts, 'digest'>> {
    try {
      const header = (await this.#inspector?.inspect({ kind: 'file', path }))?.header;
      if (header === undefined) return { level: null, architecture: null, parameterSize: null };
      const parameters = header.tensors.reduce(
        (sum, tensor) => sum + tensor.shape.reduce((product, n) => product * n, 1),
        0,
      );
      return {
        level: statedLevel(header),
        architecture: header.architecture,
        parameterSize: parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)}B` : `${(parameters / 1e6).toFixed(1)}M`,
      };
    } catch {
      // A broken file in the folder is listed all the same; using it says what is wrong.
      return { level: null, architecture: null, parameterSize: null };
    }
  }
}
