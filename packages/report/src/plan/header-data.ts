import type { MetadataValue, ModelHeader, TensorType } from '@plimsoll/domain';

/** A model's header without what only a tokenizer or a reader needs; survives JSON unchanged. */
export interface HeaderData {
  readonly version: number;
  readonly architecture: string;
  readonly metadata: readonly (readonly [key: string, value: MetadataValue])[];
  readonly tensors: readonly (readonly [
    name: string,
    shape: readonly number[],
    type: TensorType | null,
    typeId: number,
    bytes: number,
  ])[];
  readonly headerBytes: number;
  readonly fileBytes: number | null;
  readonly parts: number;
}

/** Keys that footprints and preset rules read, beside those of the architecture. */
const GENERAL: ReadonlySet<string> = new Set([
  'general.architecture',
  'general.name',
  'general.file_type',
  'general.quantization_version',
]);

/** The vocabulary; its length alone counts. */
const VOCABULARY = 'tokenizer.ggml.tokens';

/** Longest array that can be per layer. */
const LONGEST_ARRAY = 4096;

/** What of a header decides footprints. */
export function reducedHeader(header: ModelHeader): HeaderData {
  return {
    version: header.version,
    architecture: header.architecture,
    metadata: [...header.metadata].flatMap(([key, value]) => {
      const wanted = GENERAL.has(key) || key === VOCABULARY || key.startsWith(`${header.architecture}.`);
      const kept = wanted ? plain(value) : null;
      return kept === null ? [] : [[key, kept] as const];
    }),
    tensors: header.tensors.map(({ name, shape, type, typeId, bytes }) => [name, shape, type, typeId, bytes]),
    headerBytes: header.headerBytes,
    fileBytes: header.fileBytes,
    parts: header.parts,
  };
}

/** The header for the domain. Tensors carry no offsets: no footprint asks for them. */
export function revivedHeader(data: HeaderData): ModelHeader {
  return {
    ...data,
    metadata: new Map(data.metadata),
    tensors: data.tensors.map(([name, shape, type, typeId, bytes]) => ({
      name,
      shape,
      type,
      typeId,
      bytes,
      offset: 0,
    })),
  };
}

/** A value that JSON can carry, 64-bit integers as numbers; null when there is none. */
function plain(value: MetadataValue): MetadataValue | null {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object') return value;
  if (value.values === null || value.elementType === 'string' || value.length > LONGEST_ARRAY) {
    return { ...value, values: null };
  }
  const values = value.values.map((entry) => (typeof entry === 'bigint' ? Number(entry) : entry));
  const isPlain = values.every((entry) => typeof entry !== 'number' || Number.isFinite(entry));
  return {
    ...value,
    elementType: value.elementType === 'bigint' ? 'number' : value.elementType,
    values: isPlain ? values : null,
  };
}
