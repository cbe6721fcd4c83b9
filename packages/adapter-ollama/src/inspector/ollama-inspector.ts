import {
  ModelNotFoundError,
  TENSOR_TYPES,
  UnsupportedModelError,
  isPlimsollError,
  metadataNumber,
  tensorBytes,
  type CallOptions,
  type InspectedModel,
  type MetadataValue,
  type ModelHeader,
  type ModelInspector,
  type ModelReference,
  type TensorInfo,
  type TensorType,
} from '@plimsoll/domain';
import type { OllamaApi } from '../ollama-api.js';
import { modelParts } from '../model/model-parts.js';
import { sameOllamaName } from '../model-name.js';
import { installedVariant } from '../runtime/installed-variant.js';
import type { ShowAnswer } from '@plimsoll/protocol/ollama';

/** GGUF's default alignment of tensor data. */
const ALIGNMENT = 32;

/**
 * Reads what an installed model is made of: from its file where that lies on this machine and can be read, else from
 * the server, wherever it runs. The server tells metadata and tensors, but not where in the file they lie: offsets are
 * then those of tensors laid out one after the other, the header's own size is that of no file (0), and the vocabulary
 * is left out.
 */
export class OllamaInspector implements ModelInspector {
  readonly #api: Pick<OllamaApi, 'address' | 'show' | 'tags'>;
  readonly #files: ModelInspector | null;

  /** `files` reads GGUF files of this machine. */
  constructor(api: Pick<OllamaApi, 'address' | 'show' | 'tags'>, files: ModelInspector | null = null) {
    this.#api = api;
    this.#files = files;
  }

  supports(reference: ModelReference): boolean {
    return reference.kind === 'name' || reference.kind === 'huggingface';
  }

  /**
   * @throws UnsupportedModelError for a model that is not a GGUF file, such as one in the cloud; ModelNotFoundError when
   * it is not installed, or when nothing of its tensors can be learned here
   */
  async inspect(reference: ModelReference, options: CallOptions = {}): Promise<InspectedModel> {
    const name = nameOf(reference);
    if (name === null) throw new ModelNotFoundError(`Ollama knows models by name, not by ${reference.kind}.`);
    const brief = await this.#api.show(name, false, options);
    const entry = (await this.#api.tags(options)).find((model) => sameOllamaName(model.name, name));
    const known = {
      digest: entry === undefined ? null : installedVariant(entry).digest,
      origin: `${this.#api.address}, model ${name}`,
      fetchedBytes: 0,
    };
    const { weights } = modelParts(brief);
    const local = weights === null ? null : await this.#local(weights.path, options);
    if (local !== null) return { ...known, header: local, path: weights?.path ?? null };
    const shown = isWhole(brief) ? brief : await this.#api.show(name, true, options);
    return { ...known, header: headerOf(name, shown), path: null };
  }

  /** The header in the file itself; null when it is elsewhere, not readable, or one part of several. */
  async #local(path: string, options: CallOptions): Promise<ModelHeader | null> {
    try {
      const header = (await this.#files?.inspect({ kind: 'file', path }, options))?.header ?? null;
      return header === null || (metadataNumber(header, 'split.count') ?? 1) > 1 ? null : header;
    } catch (error) {
      if (isPlimsollError(error) && error.code !== 'cancelled') return null;
      throw error;
    }
  }
}

function nameOf(reference: ModelReference): string | null {
  if (reference.kind === 'name') return reference.name;
  if (reference.kind !== 'huggingface') return null;
  return `hf.co/${reference.repository}${reference.tag === null ? '' : `:${reference.tag}`}`;
}

/** A brief answer leaves out arrays, also the short ones that tell how each layer is built, and since 0.34 the tensors. */
function isWhole({ model_info: info, tensors }: ShowAnswer): boolean {
  const lacksArrays = Object.entries(info ?? {}).some(
    ([key, value]) => value === null && !key.startsWith('tokenizer.'),
  );
  return !lacksArrays && (tensors ?? []).length > 0;
}

function headerOf(name: string, shown: ShowAnswer): ModelHeader {
  const metadata = new Map<string, MetadataValue>();
  for (const [key, value] of Object.entries(shown.model_info ?? {})) {
    const read = key.startsWith('tokenizer.') && Array.isArray(value) ? null : metadataValue(value);
    if (read !== null) metadata.set(key, read);
  }
  const architecture = metadata.get('general.architecture');
  const tensors = shown.tensors ?? [];
  if (tensors.length === 0 && shown.details?.format === 'gguf') {
    throw new ModelNotFoundError(`Ollama does not list the tensors of ${name}, and its file cannot be read here.`, {
      hint: 'Run this as the user of the Ollama server, on its machine, or update Ollama.',
    });
  }
  if (typeof architecture !== 'string' || tensors.length === 0) {
    throw new UnsupportedModelError(`${name} is not a GGUF model, so nothing is known of its tensors.`);
  }
  let offset = 0;
  const laidOut = tensors.map(({ name: tensor, type, shape }): TensorInfo => {
    const known = type in TENSOR_TYPES ? (type as TensorType) : null;
    const bytes = known === null ? null : tensorBytes(known, shape);
    if (known === null || bytes === null) {
      throw new UnsupportedModelError(`Tensor ${tensor} of ${name} has type ${type}, whose size is not known.`);
    }
    const info = { name: tensor, shape, type: known, typeId: TENSOR_TYPES[known].id, bytes, offset };
    offset += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return info;
  });
  return { version: 3, architecture, metadata, tensors: laidOut, headerBytes: 0, fileBytes: null, parts: 1 };
}

/** JSON has lost the storage types; null is an array that was left out. */
function metadataValue(value: unknown): MetadataValue | null {
  if (isScalar(value)) return value;
  if (!Array.isArray(value) || !value.every(isScalar)) return null;
  const elementType = scalarType(value[0]);
  return { kind: 'array', elementType, length: value.length, values: value };
}

function isScalar(value: unknown): value is number | boolean | string {
  return scalarType(value) !== 'number' || typeof value === 'number';
}

function scalarType(value: unknown): 'number' | 'boolean' | 'string' {
  if (typeof value === 'string') return 'string';
  return typeof value === 'boolean' ? 'boolean' : 'number';
}
