import type { MetadataArray, MetadataValue } from '@plimsoll/domain';
import type { Cursor } from './cursor.js';
import { fault, quoted } from './fault.js';
import type { MemoryBudget } from './memory-budget.js';
import { ARRAY_TYPE, SCALARS, STRING_TYPE } from './value-type.js';

/** Arrays up to this length are kept; longer ones (vocabularies) are passed over. Per-layer arrays are short. */
export const MAX_KEPT_ELEMENTS = 1024;

/** Texts up to this many bytes are kept. Chat templates take some kilobytes. */
export const MAX_KEPT_TEXT_BYTES: number = 1 << 20;

const MAX_KEY_BYTES = 65_535;
const MAX_DEPTH = 4;
const SMALLEST_ENTRY_BYTES = 13;
const ENTRY_OVERHEAD_BYTES = 400;
const ELEMENT_OVERHEAD_BYTES = 24;

/** Arrays in arrays cost more time than memory; no known model has any, so each is counted high. */
const NESTED_OVERHEAD_BYTES = 1024;

/** What a reader of values needs. */
export interface ReadContext {
  readonly cursor: Cursor;
  readonly budget: MemoryBudget;
}

/** Reads `count` key-value pairs. */
export async function readMetadata(context: ReadContext, count: number): Promise<Map<string, MetadataValue>> {
  const { cursor } = context;
  const metadata = new Map<string, MetadataValue>();
  for (let index = 0; index < count; index++) {
    const entriesLeftBytes = (count - index) * SMALLEST_ENTRY_BYTES;
    const at = cursor.offset;
    const key = await readName(context, `key ${index}`, MAX_KEY_BYTES, entriesLeftBytes);
    if (metadata.has(key)) throw fault({ name: cursor.name, offset: at, field: `key ${quoted(key)}` }, 'appears twice');
    const field = `value of ${quoted(key)}`;
    if (!cursor.has(4)) await cursor.need(4, `type of ${quoted(key)}`);
    metadata.set(key, await readValue(context, cursor.uint32(), field));
  }
  return metadata;
}

/** Reads a text with a 64-bit length that must not be longer than `mostBytes`. */
export async function readName(
  { cursor, budget }: ReadContext,
  field: string,
  mostBytes: number,
  atLeast: number,
): Promise<string> {
  const at = cursor.offset;
  if (!cursor.has(8)) await cursor.need(8, `length of ${field}`, atLeast);
  const length = cursor.count(`length of ${field}`, 1);
  if (length > mostBytes) {
    throw fault({ name: cursor.name, offset: at, field: `length of ${field}` }, `is ${length}; at most ${mostBytes}`);
  }
  budget.charge(ENTRY_OVERHEAD_BYTES + 2 * length, cursor.name, field);
  if (!cursor.has(length)) await cursor.need(length, field, atLeast);
  return cursor.text(length);
}

async function readValue(context: ReadContext, type: number, field: string): Promise<MetadataValue> {
  const { cursor } = context;
  if (type === STRING_TYPE) return (await readText(context, field)) ?? skippedText;
  if (type === ARRAY_TYPE) return readArray(context, field, 1);
  const layout = SCALARS.get(type);
  if (layout === undefined) throw unknownType(cursor, field, type);
  if (!cursor.has(layout.size)) await cursor.need(layout.size, field);
  return cursor.scalar(layout.size, layout.read);
}

/** A text too long to keep; readers see a value that they cannot use, not half a text. */
const skippedText: MetadataArray = { kind: 'array', elementType: 'string', length: 1, values: null };

/** Reads a text value, or passes over it and returns null when it is too long to keep. */
async function readText({ cursor, budget }: ReadContext, field: string): Promise<string | null> {
  if (!cursor.has(8)) await cursor.need(8, `length of ${field}`);
  const length = cursor.count(`length of ${field}`, 1);
  if (length > MAX_KEPT_TEXT_BYTES) {
    cursor.skip(length, field);
    return null;
  }
  budget.charge(ELEMENT_OVERHEAD_BYTES + 2 * length, cursor.name, field);
  if (!cursor.has(length)) await cursor.need(length, field);
  return cursor.text(length);
}

async function readArray(context: ReadContext, field: string, depth: number): Promise<MetadataArray> {
  const { cursor, budget } = context;
  if (!cursor.has(12)) await cursor.need(12, field);
  const type = cursor.uint32();
  const layout = SCALARS.get(type);
  if (layout !== undefined) {
    const length = cursor.count(`length of ${field}`, layout.size);
    const base = { kind: 'array', elementType: layout.kind, length } as const;
    if (length > MAX_KEPT_ELEMENTS) {
      cursor.skip(length * layout.size, field);
      return { ...base, values: null };
    }
    budget.charge(length * ELEMENT_OVERHEAD_BYTES, cursor.name, field);
    await cursor.need(length * layout.size, field);
    return { ...base, values: Array.from({ length }, () => cursor.scalar(layout.size, layout.read)) };
  }
  if (type === STRING_TYPE) return readTexts(context, cursor.count(`length of ${field}`, 8), field);
  if (type !== ARRAY_TYPE) throw unknownType(cursor, `elements of ${field}`, type);
  if (depth === MAX_DEPTH) {
    throw fault({ name: cursor.name, offset: cursor.offset, field }, `holds arrays more than ${MAX_DEPTH} deep`);
  }
  const length = cursor.count(`length of ${field}`, 12);
  for (let index = 0; index < length; index++) {
    budget.charge(NESTED_OVERHEAD_BYTES, cursor.name, field);
    await readArray(context, field, depth + 1);
  }
  return { kind: 'array', elementType: 'array', length, values: null };
}

async function readTexts(context: ReadContext, length: number, field: string): Promise<MetadataArray> {
  const { cursor } = context;
  const values: string[] = [];
  let done = 0;
  while (length <= MAX_KEPT_ELEMENTS && done < length) {
    const text = await readText(context, field);
    done++;
    if (text === null) break;
    values.push(text);
  }
  const kept = values.length === length;
  while (done < length) {
    const skipped = cursor.skipStrings(length - done, field);
    done += skipped;
    if (done < length && !cursor.has(8)) await cursor.need(8, field, 8 * (length - done));
  }
  return { kind: 'array', elementType: 'string', length, values: kept ? values : null };
}

function unknownType(cursor: Cursor, field: string, type: number): Error {
  return fault({ name: cursor.name, offset: cursor.offset - 4, field }, `has the unknown value type ${type}`);
}
