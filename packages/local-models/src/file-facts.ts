import { CapabilityMissingError, isReranker, statedLevel } from '@plimsoll/domain';
import type { InstalledVariant, ModelInspector } from '@plimsoll/domain';
import { fileDigest } from './file-digest.js';
import type { ModelFile } from './model-folder.js';

const MOST_KEPT = 1_000;

type Facts = Pick<InstalledVariant, 'level' | 'architecture' | 'parameterSize' | 'digest'> & {
  readonly ranks: boolean | null;
};

const UNKNOWN = { level: null, architecture: null, parameterSize: null, ranks: null };

/** What the files themselves tell, read once per file as long as it does not change. */
export class FileFacts {
  readonly #inspector: ModelInspector | null;
  readonly #known = new Map<string, Facts>();

  constructor(inspector: ModelInspector | null) {
    this.#inspector = inspector;
  }

  async variant(file: ModelFile): Promise<InstalledVariant> {
    const { name, path, sizeBytes, modifiedAtMs } = file;
    const { level, architecture, parameterSize, digest } = await this.#facts(file);
    return { name, path, sizeBytes, modifiedAtMs, level, architecture, parameterSize, digest };
  }

  /**
   * Refuses a model that was not trained to rank documents; where the file does not tell, the engine decides.
   * @throws CapabilityMissingError
   */
  async demandReranker(file: ModelFile): Promise<void> {
    if ((await this.#facts(file)).ranks !== false) return;
    throw new CapabilityMissingError(`${file.name} was not trained to rank documents.`, {
      hint: 'Use a reranking model, such as bge-reranker-v2-m3 or Qwen3-Reranker.',
    });
  }

  /**
   * Refuses a model that ranks documents: its output is a score, not a vector.
   * @throws CapabilityMissingError
   */
  async refuseReranker(file: ModelFile): Promise<void> {
    if ((await this.#facts(file)).ranks !== true) return;
    throw new CapabilityMissingError(`${file.name} ranks documents; it makes no embeddings.`);
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
      if (header === undefined) return UNKNOWN;
      const parameters = header.tensors.reduce(
        (sum, tensor) => sum + tensor.shape.reduce((product, n) => product * n, 1),
        0,
      );
      return {
        level: statedLevel(header),
        architecture: header.architecture,
        ranks: isReranker(header),
        parameterSize: parameters >= 1e9 ? `${(parameters / 1e9).toFixed(1)}B` : `${(parameters / 1e6).toFixed(1)}M`,
      };
    } catch {
      // A broken file in the folder is listed all the same; using it says what is wrong.
      return UNKNOWN;
    }
  }
}
