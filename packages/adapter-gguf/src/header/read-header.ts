import { InvalidModelFileError, type CallOptions, type MetadataValue, type ModelHeader } from '@plimsoll/domain';
import type { ByteSource } from './byte-source.js';
import { Cursor } from './cursor.js';
import { describeForeignFile } from './describe-foreign-file.js';
import { fault, quoted } from './fault.js';
import { MemoryBudget } from './memory-budget.js';
import { readMetadata } from './read-metadata.js';
import { SMALLEST_TENSOR_BYTES, readTensors, settleTensors } from './read-tensors.js';

const MAGIC = 'GGUF';
const DEFAULT_ALIGNMENT = 32;
const MAX_ALIGNMENT: number = 1 << 30;
const SMALLEST_ENTRY_BYTES = 13;

/** Bounds of what reading one header may take. */
export interface HeaderLimits {
  /** Longest header that is walked. */
  readonly maxHeaderBytes: number;
  /** Most memory that names and values may take; shared by the parts of a split model. */
  readonly budget: MemoryBudget;
}

/** The bounds that fit every real model: 128 MiB of header, 40 MiB of names and values. */
export function defaultLimits(): HeaderLimits {
  return { maxHeaderBytes: 128 * 2 ** 20, budget: new MemoryBudget(40 * 2 ** 20) };
}

/**
 * Reads the header of one GGUF file (version 2 or 3, either byte order) from any source. Long arrays are passed
 * over, not built; nothing is allocated from a length that the file declares.
 *
 * @throws InvalidModelFileError naming the field and the byte that are wrong; CancelledError.
 */
export async function readHeader(
  source: ByteSource,
  options: CallOptions = {},
  limits: HeaderLimits = defaultLimits(),
): Promise<ModelHeader> {
  if (source.size === 0) throw new InvalidModelFileError(`${source.name} is empty.`, { hint: 'Download it again.' });
  const cursor = new Cursor(source, limits.maxHeaderBytes, options);
  await checkMagic(cursor, source);
  const version = await readVersion(cursor);
  await cursor.need(16, 'counts');
  const tensorCount = cursor.count('number of tensors', SMALLEST_TENSOR_BYTES);
  const entryCount = cursor.count('number of metadata entries', SMALLEST_ENTRY_BYTES);
  const context = { cursor, budget: limits.budget };
  const metadata = await readMetadata(context, entryCount);
  const entries = await readTensors(context, tensorCount);

  const alignment = alignmentOf(metadata, source.name);
  const start = Math.ceil(cursor.offset / alignment) * alignment;
  if (source.size !== null && start > source.size && tensorCount > 0) {
    throw fault({ name: source.name, offset: start, field: 'tensor data' }, `the file ends at byte ${source.size}`);
  }
  const bytes = source.size === null ? null : Math.max(0, source.size - start);
  return {
    version,
    architecture: architectureOf(metadata, source.name),
    metadata,
    tensors: settleTensors(entries, { name: source.name, start, alignment, bytes }),
    headerBytes: Math.min(start, source.size ?? start),
    fileBytes: source.size,
    parts: 1,
  };
}

async function checkMagic(cursor: Cursor, source: ByteSource): Promise<void> {
  await cursor.need(Math.min(64, cursor.limit), 'magic number');
  const opening = cursor.peek(64);
  if (opening.toString('latin1', 0, 4) === MAGIC) {
    cursor.skip(4, 'magic number');
    return;
  }
  throw new InvalidModelFileError(`${source.name} is no GGUF file: ${describeForeignFile(opening)}.`, {
    hint: 'Give a .gguf file. Models in other formats must be converted first, or look for a GGUF of the same model.',
  });
}

async function readVersion(cursor: Cursor): Promise<number> {
  const place = { name: cursor.name, offset: 4, field: 'version' };
  await cursor.need(4, place.field);
  const version = cursor.uint32();
  if (version === 2 || version === 3) return version;
  const swapped = swapBytes(version);
  if (swapped === 2 || swapped === 3) {
    cursor.littleEndian = false;
    return swapped;
  }
  if (version === 1) {
    throw fault(place, 'is 1, which no current program reads', 'Convert the model again with a current llama.cpp.');
  }
  throw fault(place, `is ${version}; versions 2 and 3 are known`, 'If the file is newer than this program, update it.');
}

function swapBytes(value: number): number {
  return ((value << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;
}

function alignmentOf(metadata: ReadonlyMap<string, MetadataValue>, name: string): number {
  const value = metadata.get('general.alignment');
  if (value === undefined) return DEFAULT_ALIGNMENT;
  if (typeof value === 'number' && value >= 1 && value <= MAX_ALIGNMENT && Number.isInteger(Math.log2(value)))
    return value;
  const shown = typeof value === 'object' ? 'an array' : quoted(String(value));
  throw new InvalidModelFileError(`${name}: general.alignment is ${shown}; it must be a power of two.`, {
    hint: 'The file is damaged or was written by a faulty program: download another copy.',
  });
}

function architectureOf(metadata: ReadonlyMap<string, MetadataValue>, name: string): string {
  const value = metadata.get('general.architecture');
  if (typeof value === 'string' && value !== '') return value;
  // Parts of a split model after the first carry no metadata but their own number.
  if (metadata.has('split.no')) return '';
  throw new InvalidModelFileError(`${name}: general.architecture is missing, so it is not known what model this is.`, {
    hint: 'The file was written by a faulty or very old program: download another copy.',
  });
}
