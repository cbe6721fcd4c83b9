import { setImmediate as breathe } from 'node:timers/promises';
import type { HuffmanCodes, JpegComponent, MeansScan, ProgressiveJpeg } from './progressive-jpeg.js';

/** A picture of one pixel for each block of 8 × 8, RGB. */
export interface MeansPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Buffer;
}

const BLOCK = 8;
/** Rows of units that are decoded in one go, so that others have their turn. */
const ROWS_AT_ONCE = 16;

/** Means of one component, with room for whole units. */
interface Means {
  readonly width: number;
  readonly values: Int16Array;
}

/**
 * Decodes the means of the blocks alone, which is the picture at an eighth of its size, as the inverse DCT of libjpeg
 * gives it at that scale too. What takes room is that picture, and not the coefficients of the whole one.
 * @throws Error when the data is broken
 */
export async function decodeMeans({ width, height, components, scans }: ProgressiveJpeg): Promise<MeansPicture> {
  const across = Math.max(...components.map((one) => one.across));
  const down = Math.max(...components.map((one) => one.down));
  const units = { across: Math.ceil(width / (BLOCK * across)), down: Math.ceil(height / (BLOCK * down)) };
  const planes = components.map((one): Means => {
    const rowLength = units.across * one.across;
    return { width: rowLength, values: new Int16Array(rowLength * units.down * one.down) };
  });
  for (const scan of scans) {
    const only = scan.components.length === 1 ? components[scan.components[0]?.index ?? 0] : undefined;
    // A scan of one component goes block by block, and leaves out those that only fill a unit.
    const size =
      only === undefined
        ? units
        : {
            across: Math.ceil((width * only.across) / (BLOCK * across)),
            down: Math.ceil((height * only.down) / (BLOCK * down)),
          };
    await decodeScan(scan, components, planes, size, only !== undefined);
  }
  return toRgb({ width: wholeBlocks(width), height: wholeBlocks(height) }, components, planes, {
    across,
    down,
  });
}

/** Blocks that the border cuts are left out: they would stretch the picture. */
const wholeBlocks = (pixels: number): number => Math.max(1, Math.floor(pixels / BLOCK));

interface Units {
  readonly across: number;
  readonly down: number;
}

async function decodeScan(
  { components: scanned, shift, restartInterval, data }: MeansScan,
  components: readonly JpegComponent[],
  planes: readonly Means[],
  units: Units,
  blockByBlock: boolean,
): Promise<void> {
  const bits = new BitReader(data);
  const parts = scanned.map(({ index, codes }) => {
    const component = components[index];
    const plane = planes[index];
    if (component === undefined || plane === undefined) throw new Error('The JPEG names what it does not have.');
    const [across, down] = blockByBlock ? [1, 1] : [component.across, component.down];
    return { plane, across, down, decoder: new CodeReader(codes), before: 0 };
  });
  let untilRestart = restartInterval;
  for (let row = 0; row < units.down; row += 1) {
    if (row % ROWS_AT_ONCE === ROWS_AT_ONCE - 1) await breathe();
    for (let column = 0; column < units.across; column += 1) {
      if (restartInterval > 0 && untilRestart === 0) {
        bits.restart();
        for (const part of parts) part.before = 0;
        untilRestart = restartInterval;
      }
      untilRestart -= 1;
      for (const part of parts) {
        for (let y = 0; y < part.down; y += 1) {
          for (let x = 0; x < part.across; x += 1) {
            part.before += bits.difference(part.decoder.next(bits));
            part.plane.values[(row * part.down + y) * part.plane.width + column * part.across + x] =
              part.before << shift;
          }
        }
      }
    }
  }
}

/** By JFIF: full-range YCbCr after ITU-R BT.601. */
function toRgb(
  { width, height }: { readonly width: number; readonly height: number },
  components: readonly JpegComponent[],
  planes: readonly Means[],
  most: Units,
): MeansPicture {
  const rgb = Buffer.alloc(3 * width * height);
  const at = (index: number, x: number, y: number): number => {
    const [component, plane] = [components[index], planes[index]];
    if (component === undefined || plane === undefined) return 0;
    const row = Math.floor((y * component.down) / most.down);
    const column = Math.floor((x * component.across) / most.across);
    return ((plane.values[row * plane.width + column] ?? 0) * component.step) / BLOCK;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [grey, blue, red] = [128 + at(0, x, y), at(1, x, y), at(2, x, y)];
      const pixel = 3 * (y * width + x);
      rgb[pixel] = clamp(grey + 1.402 * red);
      rgb[pixel + 1] = clamp(grey - 0.344136 * blue - 0.714136 * red);
      rgb[pixel + 2] = clamp(grey + 1.772 * blue);
    }
  }
  return { width, height, rgb };
}

const clamp = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));

const BROKEN = 'The JPEG has broken data.';
/** Bits that a difference of means may have with 8 bits a colour. */
const MOST_BITS = 11;

/** Bits of a scan, the stuffed zeros left out. */
class BitReader {
  readonly #data: Buffer;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  bit(): number {
    if (this.#count === 0) {
      const byte = this.#data[this.#at];
      if (byte === undefined) throw new Error(BROKEN);
      this.#at += 1;
      if (byte === 0xff) {
        if (this.#data[this.#at] !== 0) throw new Error(BROKEN);
        this.#at += 1;
      }
      this.#bits = byte;
      this.#count = 8;
    }
    this.#count -= 1;
    return (this.#bits >> this.#count) & 1;
  }

  /** A signed number of so many bits: the first half of them are the negative ones. */
  difference(length: number): number {
    if (length > MOST_BITS) throw new Error(BROKEN);
    let value = 0;
    for (let read = 0; read < length; read += 1) value = (value << 1) | this.bit();
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Goes behind the next restart marker. */
  restart(): void {
    this.#count = 0;
    const [first, marker = 0] = this.#data.subarray(this.#at, this.#at + 2);
    if (first !== 0xff || marker < 0xd0 || marker > 0xd7) throw new Error(BROKEN);
    this.#at += 2;
  }
}

/** Canonical codes, read bit by bit: codes of one length are consecutive numbers. */
class CodeReader {
  readonly #codes: HuffmanCodes;

  constructor(codes: HuffmanCodes) {
    this.#codes = codes;
  }

  next(bits: BitReader): number {
    const { counts, symbols } = this.#codes;
    let [code, first, index] = [0, 0, 0];
    for (const count of counts) {
      code = (code << 1) | bits.bit();
      if (code - first < count) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
    }
    throw new Error(BROKEN);
  }
}
