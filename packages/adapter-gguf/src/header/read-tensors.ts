import { tensorBytes, tensorTypeFromId, type TensorInfo, type TensorType } from '@plimsoll/domain';
import { fault, quoted } from './fault.js';
import { readName, type ReadContext } from './read-metadata.js';

const MAX_DIMENSIONS = 4;
const MAX_NAME_BYTES = 4096;
const TENSOR_OVERHEAD_BYTES = 240;

/** Numbers from here on mean different types in different programs; offsets decide. */
const FIRST_CONTESTED_TYPE = 40;

/** Bytes that the shortest tensor entry takes. */
export const SMALLEST_TENSOR_BYTES = 24;

/** A tensor entry as it stands in the file. */
interface TensorEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly typeId: number;
  readonly offset: number;
  /** Where the entry stands, for messages. */
  readonly at: number;
}

/** Reads `count` tensor entries. Sizes are settled afterwards, by `settleTensors`. */
export async function readTensors(context: ReadContext, count: number): Promise<TensorEntry[]> {
  const { cursor, budget } = context;
  const entries: TensorEntry[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const at = cursor.offset;
    const leftBytes = (count - index) * SMALLEST_TENSOR_BYTES;
    const name = await readName(context, `name of tensor ${index}`, MAX_NAME_BYTES, leftBytes);
    const field = `tensor ${quoted(name)}`;
    if (names.has(name)) throw fault({ name: cursor.name, offset: at, field }, 'appears twice');
    names.add(name);
    budget.charge(TENSOR_OVERHEAD_BYTES, cursor.name, field);
    if (!cursor.has(4)) await cursor.need(4, `dimensions of ${field}`, leftBytes);
    const dimensions = cursor.uint32();
    if (dimensions > MAX_DIMENSIONS) {
      throw fault({ name: cursor.name, offset: at, field }, `has ${dimensions} dimensions; at most ${MAX_DIMENSIONS}`);
    }
    const rest = dimensions * 8 + 12;
    if (!cursor.has(rest)) await cursor.need(rest, field, leftBytes);
    const lengths = Array.from({ length: dimensions }, () => cursor.uint64());
    const shape = lengths.map(safe);
    const typeId = cursor.uint32();
    const offset = safe(cursor.uint64());
    const weights = shape.reduce((product, n) => product * n, 1);
    if (!Number.isSafeInteger(weights * 8)) {
      throw fault({ name: cursor.name, offset: at, field }, `has an impossible shape ${lengths.join(' × ')}`);
    }
    if (Number.isNaN(offset)) throw fault({ name: cursor.name, offset: at, field }, 'has an impossible offset');
    entries.push({ name, shape, typeId, offset, at });
  }
  return entries;
}

/** Facts of the file that tensors must agree with. */
export interface DataSection {
  readonly name: string;
  /** Offset of the data section in the file. */
  readonly start: number;
  readonly alignment: number;
  /** Bytes of the data section, or null when the file's size is not known. */
  readonly bytes: number | null;
}

/** Checks each tensor's place against its neighbours and the end of the file, and settles its type and bytes. */
export function settleTensors(entries: readonly TensorEntry[], data: DataSection): TensorInfo[] {
  const ends = nextOffsets(entries, data.bytes);
  return entries.map((entry, index) => settle(entry, ends[index] ?? null, data));
}

function settle(entry: TensorEntry, end: number | null, data: DataSection): TensorInfo {
  const { name, shape, typeId, offset } = entry;
  const wrong = (problem: string, hint?: string): Error =>
    fault({ name: data.name, offset: entry.at, field: `tensor ${quoted(name)}` }, problem, hint);
  if (offset % data.alignment !== 0) throw wrong(`starts at ${offset}, no multiple of the alignment ${data.alignment}`);
  const room = end === null ? null : end - offset;
  if (room !== null && room < 0) throw wrong(...cutOff(offset, data));
  const known = tensorTypeFromId(typeId);
  const byType = known === null ? null : bytesOf(known, shape);
  if (typeId >= FIRST_CONTESTED_TYPE || known === null) {
    const fits = byType !== null && (room === null || (byType <= room && roundUp(byType, data.alignment) >= room));
    return { name, shape, type: fits ? known : null, typeId, bytes: fits ? byType : (room ?? 0), offset };
  }
  if (byType === null) throw wrong(`has rows of ${shape[0] ?? 1} weights, which do not divide into ${known} blocks`);
  if (room !== null && byType > room) {
    if (end === data.bytes) throw wrong(...cutOff(offset + byType, data));
    throw wrong(`takes ${byType} bytes, but the next tensor starts after ${room}`);
  }
  return { name, shape, type: known, typeId, bytes: byType, offset };
}

function cutOff(end: number, data: DataSection): [string, string] {
  const size = data.start + (data.bytes ?? 0);
  return [
    `ends at byte ${data.start + end}, but the file has only ${size} bytes`,
    'The download or copy stopped early: download or copy the file again.',
  ];
}

/** For each tensor, where the next one starts, or the data ends. */
function nextOffsets(entries: readonly TensorEntry[], dataBytes: number | null): (number | null)[] {
  const order = entries.map((_, index) => index);
  const offsetOf = (index: number): number => entries[index]?.offset ?? 0;
  order.sort((a, b) => offsetOf(a) - offsetOf(b) || a - b);
  const ends = new Array<number | null>(entries.length).fill(dataBytes);
  for (let place = 0; place + 1 < order.length; place++) {
    const [here, next] = [order[place] ?? 0, order[place + 1] ?? 0];
    ends[here] = dataBytes === null ? offsetOf(next) : Math.min(offsetOf(next), dataBytes);
  }
  return ends;
}

function bytesOf(type: TensorType, shape: readonly number[]): number | null {
  const bytes = tensorBytes(type, shape);
  return bytes !== null && Number.isSafeInteger(bytes) ? bytes : null;
}

function safe(value: bigint): number {
  const near = Number(value);
  return Number.isSafeInteger(near) ? near : Number.NaN;
}

function roundUp(n: number, step: number): number {
  return Math.ceil(n / step) * step;
}
