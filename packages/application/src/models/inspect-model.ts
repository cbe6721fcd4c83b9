import {
  ModelNotFoundError,
  formatModelReference,
  isFullPrecision,
  isPlimsollError,
  parseModelReference,
} from '@plimsoll/domain';
import type {
  CallOptions,
  InspectedModel,
  ModelCatalog,
  ModelInspector,
  ModelReference,
  ModelRuntime,
} from '@plimsoll/domain';

/** Reads what a model is made of from its header, wherever it lies, without its data. */
export class InspectModel {
  readonly #runtime: Pick<ModelRuntime, 'find'>;
  readonly #inspectors: readonly ModelInspector[];
  readonly #catalog: ModelCatalog | null;

  /** With a catalogue a base name stands for the variants of that model. */
  constructor(
    runtime: Pick<ModelRuntime, 'find'>,
    inspectors: readonly ModelInspector[],
    catalog: ModelCatalog | null = null,
  ) {
    this.#runtime = runtime;
    this.#inspectors = inspectors;
    this.#catalog = catalog;
  }

  /**
   * Inspects what `model` names: a path, a URL, a repository, a library model, or a name of the backend.
   * A base name is its least quantized variant. One that the backend does not have installed at all is looked up in the public library it belongs to.
   * @throws ModelNotFoundError, InvalidModelFileError, BackendUnreachableError
   */
  async inspect(model: string, options?: CallOptions): Promise<InspectedModel> {
    const reference = parseModelReference(model);
    if (reference.kind !== 'name') return this.#read(reference, options);
    const name = await this.#installedName(reference.name, options);
    const installed = await this.#runtime.find(name, options);
    if (installed?.path !== undefined) {
      return this.#read({ kind: 'file', path: installed.path }, options);
    }
    return this.#read({ kind: 'name', name }, options);
  }

  /** The name itself where it is installed, else that of a variant of it, one of full precision first. */
  async #installedName(name: string, options?: CallOptions): Promise<string> {
    if (this.#catalog === null || (await this.#runtime.find(name, options)) !== null) return name;
    const variants = await this.#catalog.variants(name, { signal: options?.signal, remote: false });
    const local = variants.filter(({ location }) => location === 'local');
    const full = local.find(({ level }) => level !== null && isFullPrecision(level));
    return (full ?? local[0])?.name ?? name;
  }

  async #read(reference: ModelReference, options?: CallOptions): Promise<InspectedModel> {
    // Several inspectors may know a kind: a name is first the backend's, then that of the library behind it.
    let missing: unknown = new ModelNotFoundError(
      `There is no model ${formatModelReference(reference)} on this backend.`,
      {
        hint: 'A model is one of the backend, a GGUF file, an https:// URL, hf.co/org/repo, or ollama:name.',
        remedies: [{ kind: 'list-models' }],
      },
    );
    for (const inspector of this.#inspectors.filter((candidate) => candidate.supports(reference))) {
      try {
        return await inspector.inspect(reference, options);
      } catch (error) {
        if (!isPlimsollError(error) || error.code !== 'model-not-found') throw error;
        missing = error;
      }
    }
    throw missing;
  }
}
