import {
  metadataNumber,
  metadataNumbers,
  metadataString,
  statedLevel,
  type InspectedModel,
  type MetadataValue,
  type ModelHeader,
  type TensorInfo,
} from '@plimsoll/domain';
import type { InspectDocument, MetadataDocument } from '../schemas/inspect.schema.js';

/** What to tell beside the summary. */
export interface InspectDetails {
  readonly tensors: boolean;
  readonly metadata: boolean;
}

/** The JSON document of an inspected model. */
export function inspectDocument(inspected: InspectedModel, details: InspectDetails): InspectDocument {
  const { header, origin, path, digest, fetchedBytes } = inspected;
  const tensorBytes = header.tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    schema: 'plimsoll.inspect/1',
    model: modelOf(header),
    source: {
      origin,
      path,
      digest,
      fetchedBytes,
      ggufVersion: header.version,
      parts: header.parts,
      headerBytes: header.headerBytes,
      fileBytes: header.fileBytes,
      tensorBytes,
    },
    types: typesOf(header.tensors, tensorBytes),
    ...(details.tensors ? { tensors: header.tensors.map(tensorDocument) } : {}),
    ...(details.metadata ? { metadata: metadataDocument(header) } : {}),
  };
}

function modelOf(header: ModelHeader): InspectDocument['model'] {
  const of = (key: string): number | null => firstNumber(header, `${header.architecture}.${key}`);
  const vocabulary = header.metadata.get('tokenizer.ggml.tokens');
  return {
    name: metadataString(header, 'general.name'),
    architecture: header.architecture,
    parameters: header.tensors.reduce((sum, tensor) => sum + weightsOf(tensor), 0),
    level: statedLevel(header),
    contextLength: of('context_length'),
    layers: of('block_count'),
    embeddingLength: of('embedding_length'),
    heads: of('attention.head_count'),
    keyValueHeads: of('attention.head_count_kv'),
    experts: of('expert_count'),
    expertsUsed: of('expert_used_count'),
    vocabulary: typeof vocabulary === 'object' ? vocabulary.length : of('vocab_size'),
    license: metadataString(header, 'general.license'),
  };
}

/** A number, or the largest of an array: some models give heads per layer. */
function firstNumber(header: ModelHeader, key: string): number | null {
  const numbers = metadataNumbers(header, key);
  const value = numbers === null || numbers.length === 0 ? metadataNumber(header, key) : Math.max(...numbers);
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

const weightsOf = ({ shape }: TensorInfo): number => shape.reduce((product, length) => product * length, 1);

const typeName = ({ type, typeId }: TensorInfo): string => type ?? `type ${typeId}`;

function typesOf(tensors: readonly TensorInfo[], total: number): InspectDocument['types'] {
  const byType = new Map<string, { tensors: number; bytes: number }>();
  for (const tensor of tensors) {
    const entry = byType.get(typeName(tensor)) ?? { tensors: 0, bytes: 0 };
    byType.set(typeName(tensor), { tensors: entry.tensors + 1, bytes: entry.bytes + tensor.bytes });
  }
  return [...byType]
    .map(([type, entry]) => ({ type, ...entry, share: total === 0 ? 0 : entry.bytes / total }))
    .sort((a, b) => b.bytes - a.bytes);
}

function tensorDocument(tensor: TensorInfo): NonNullable<InspectDocument['tensors']>[number] {
  return { name: tensor.name, type: typeName(tensor), shape: tensor.shape, bytes: tensor.bytes };
}

function metadataDocument(header: ModelHeader): Record<string, MetadataDocument> {
  return Object.fromEntries([...header.metadata].map(([key, value]) => [key, metadataValue(value)]));
}

function metadataValue(value: MetadataValue): MetadataDocument {
  if (typeof value === 'bigint') return value.toString();
  // JSON knows no infinity; the words still tell what the file holds.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return value;
  const values = value.values?.map((item) => (typeof item === 'bigint' ? item.toString() : item)) ?? null;
  return { elementType: value.elementType, length: value.length, values };
}
