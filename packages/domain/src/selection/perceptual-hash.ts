import type { PhotoPixels } from '../ports/photo-reader.port.js';

const ROWS = 8;
const COLUMNS = 9;

/** Difference hash: 64 bits, one per pair of neighbouring cells of a 9 × 8 mosaic, set where it gets brighter. */
export function perceptualHash({ width, height, grey }: PhotoPixels): bigint {
  const cells = new Float64Array(ROWS * COLUMNS);
  const sizes = new Uint32Array(ROWS * COLUMNS);
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor((y * ROWS) / height) * COLUMNS;
    for (let x = 0; x < width; x += 1) {
      const cell = row + Math.floor((x * COLUMNS) / width);
      cells[cell] = (cells[cell] ?? 0) + (grey[y * width + x] ?? 0);
      sizes[cell] = (sizes[cell] ?? 0) + 1;
    }
  }
  const means = cells.map((sum, cell) => sum / Math.max(1, sizes[cell] ?? 0));
  let hash = 0n;
  for (let row = 0; row < ROWS; row += 1) {
    for (let column = 0; column + 1 < COLUMNS; column += 1) {
      const at = row * COLUMNS + column;
      hash = (hash << 1n) | ((means[at + 1] ?? 0) > (means[at] ?? 0) ? 1n : 0n);
    }
  }
  return hash;
}

/** Bits that differ, 0 to 64. */
export function hashDistance(a: bigint, b: bigint): number {
  let rest = a ^ b;
  let bits = 0;
  for (; rest !== 0n; rest &= rest - 1n) bits += 1;
  return bits;
}
