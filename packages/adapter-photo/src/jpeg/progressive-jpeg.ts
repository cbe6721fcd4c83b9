import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** A colour of a JPEG. Sampling is in blocks of a unit, across and down. */
export interface JpegComponent {
  readonly id: number;
  readonly across: number;
  readonly down: number;
  /** What one step of the block's mean is worth, in eighths of a grey value. */
  readonly step: number;
}

/** A first pass over the means of the blocks of some components. */
export interface MeansScan {
  readonly components: readonly { readonly index: number; readonly codes: HuffmanCodes }[];
  /** Lowest bits that this pass leaves out. */
  readonly shift: number;
  /** Units between two restarts; 0 without any. */
  readonly restartInterval: number;
  readonly data: Buffer;
}

/** Canonical Huffman codes: how many there are of each length, 1 to 16 bits, and what they stand for. */
export interface HuffmanCodes {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** A progressive JPEG as far as it says what the mean of each block is. */
export interface ProgressiveJpeg {
  readonly width: number;
  readonly height: number;
  readonly components: readonly JpegComponent[];
  readonly scans: readonly MeansScan[];
}

const CHUNK = 1 << 20;
const [SOI, EOI, SOS, DQT, DHT, DRI, SOF_PROGRESSIVE, ADOBE] = [0xd8, 0xd9, 0xda, 0xdb, 0xc4, 0xdd, 0xc2, 0xee];
/** Frames of every other kind: their scans are not what is looked for here. */
const isOtherFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![DHT, SOF_PROGRESSIVE, 0xc8, 0xcc].includes(marker);

/**
 * Reads the parts of a progressive JPEG that hold the means of its blocks, by ITU-T T.81, and walks the rest to its end.
 * Null for what is written in another way than cameras and programs do: another kind of frame, more than 8 bits, other
 * colours than grey and YCbCr.
 * @throws Error when the file ends before the picture does, or contradicts itself
 */
export async function readProgressiveJpeg(path: string): Promise<ProgressiveJpeg | null> {
  const file = await open(path);
  try {
    return await walk(file);
  } finally {
    await file.close();
  }
}

async function walk(file: FileHandle): Promise<ProgressiveJpeg | null> {
  const steps = new Map<number, number>();
  const tables = new Map<number, HuffmanCodes>();
  const scans: MeansScan[] = [];
  let frame: Omit<ProgressiveJpeg, 'scans'> | null = null;
  let restartInterval = 0;
  let place = 2;
  for (;;) {
    const { marker, at } = await markerFrom(file, place);
    if (marker === EOI) break;
    const length = (await bytesAt(file, at, 2)).readUInt16BE();
    const body = await bytesAt(file, at + 2, length - 2);
    place = at + length;
    if (isOtherFrame(marker) || marker === SOI) return null;
    if (marker === DQT) readSteps(body, steps);
    if (marker === DHT) readCodes(body, tables);
    if (marker === DRI) restartInterval = body.readUInt16BE();
    if (marker === ADOBE && body.toString('latin1', 0, 5) === 'Adobe' && body[11] === 0) return null;
    if (marker === SOF_PROGRESSIVE) frame = readFrame(body, steps);
    if (marker === SOF_PROGRESSIVE && frame === null) return null;
    if (marker !== SOS) continue;
    if (frame === null) return null;
    const scan = readScan(body, frame, tables);
    const { data, end } = await scanData(file, place, scan !== null);
    if (scan !== null) scans.push({ ...scan, restartInterval, data });
    place = end;
  }
  const known = new Set(scans.flatMap(({ components }) => components.map(({ index }) => index)));
  return frame !== null && known.size === frame.components.length ? { ...frame, scans } : null;
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.max(0, length)), 0, length, at);
  if (length < 0 || bytesRead < length) throw new Error('The JPEG ends before the picture does.');
  return buffer;
}

/** The next marker; `at` is behind it. Fill bytes may stand before it. */
async function markerFrom(file: FileHandle, place: number): Promise<{ readonly marker: number; readonly at: number }> {
  for (let at = place; ; at += 1) {
    const [first, marker = 0] = await bytesAt(file, at, 2);
    if (first !== 0xff) throw new Error('The JPEG has something else where a marker should be.');
    if (marker !== 0xff) return { marker, at: at + 2 };
  }
}

/** The data of a scan up to the next marker, which is looked for in pieces; kept only where it is wanted. */
async function scanData(
  file: FileHandle,
  from: number,
  wanted: boolean,
): Promise<{ readonly data: Buffer; readonly end: number }> {
  const kept: Buffer[] = [];
  for (let at = from; ;) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, at);
    if (bytesRead < 2) throw new Error('The JPEG ends before the picture does.');
    const chunk = buffer.subarray(0, bytesRead);
    const found = markerIn(chunk);
    // A chunk may end between the two bytes of a marker.
    const length = found ?? bytesRead - 1;
    if (wanted) kept.push(chunk.subarray(0, length));
    at += length;
    if (found !== null) return { data: Buffer.concat(kept), end: at };
  }
}

function markerIn(chunk: Buffer): number | null {
  for (let at = chunk.indexOf(0xff); at !== -1 && at + 1 < chunk.length; at = chunk.indexOf(0xff, at + 1)) {
    const next = chunk[at + 1] ?? 0;
    const isRestart = next >= 0xd0 && next <= 0xd7;
    if (next !== 0 && next !== 0xff && !isRestart) return at;
  }
  return null;
}

/** The first value of each table, which is that of the mean. */
function readSteps(body: Buffer, steps: Map<number, number>): void {
  for (let at = 0; at < body.length;) {
    const head = body.readUInt8(at);
    const isWide = head >> 4 > 0;
    steps.set(head & 15, isWide ? body.readUInt16BE(at + 1) : body.readUInt8(at + 1));
    at += 1 + (isWide ? 128 : 64);
  }
}

function readCodes(body: Buffer, tables: Map<number, HuffmanCodes>): void {
  for (let at = 0; at < body.length;) {
    const head = body.readUInt8(at);
    const counts = Uint8Array.from(body.subarray(at + 1, at + 17));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = Uint8Array.from(body.subarray(at + 17, at + 17 + total));
    if (counts.length < 16 || symbols.length < total) throw new Error('The JPEG has a broken table of codes.');
    // Others than those of the means are for the rest of the blocks.
    if (head >> 4 === 0) tables.set(head & 15, { counts, symbols });
    at += 17 + total;
  }
}

function readFrame(body: Buffer, steps: ReadonlyMap<number, number>): Omit<ProgressiveJpeg, 'scans'> | null {
  const [bits, height, width, count] = [
    body.readUInt8(0),
    body.readUInt16BE(1),
    body.readUInt16BE(3),
    body.readUInt8(5),
  ];
  if (bits !== 8 || width === 0 || height === 0 || (count !== 1 && count !== 3)) return null;
  const components = Array.from({ length: count }, (_, index): JpegComponent => {
    const [id, sampling, table] = [0, 1, 2].map((offset) => body.readUInt8(6 + 3 * index + offset)) as [
      number,
      number,
      number,
    ];
    return { id, across: sampling >> 4, down: sampling & 15, step: steps.get(table) ?? 0 };
  });
  const isUsual = components.every(
    ({ across, down, step }) => across >= 1 && across <= 4 && down >= 1 && down <= 4 && step > 0,
  );
  return isUsual ? { width, height, components } : null;
}

/** Null for a scan that refines, or that is about the rest of the blocks. */
function readScan(
  body: Buffer,
  { components }: Pick<ProgressiveJpeg, 'components'>,
  tables: ReadonlyMap<number, HuffmanCodes>,
): Pick<MeansScan, 'components' | 'shift'> | null {
  const count = body.readUInt8(0);
  const [first, bits] = [body.readUInt8(1 + 2 * count), body.readUInt8(3 + 2 * count)];
  if (first !== 0 || bits >> 4 !== 0) return null;
  const scanned = Array.from({ length: count }, (_, number) => {
    const id = body.readUInt8(1 + 2 * number);
    const codes = tables.get(body.readUInt8(2 + 2 * number) >> 4);
    const index = components.findIndex((component) => component.id === id);
    if (codes === undefined || index === -1) throw new Error('The JPEG names what it does not have.');
    return { index, codes };
  });
  return { components: scanned, shift: bits & 15 };
}
