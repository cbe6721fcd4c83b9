import { readFile, writeFile } from 'node:fs/promises';

/** Bytes of a value by GGUF's number of its type; texts and lists say themselves how long they are. */
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, null, null, 8, 8, 8];
const TEXT = 8;
const ALIGNMENT = 32;

/**
 * Writes a copy of a GGUF file that has only the first layers of its model: what it says makes less sense, and whatever
 * takes a time for each weight takes less.
 */
export async function writeShallowModel(source: string, target: string, layers = 1): Promise<void> {
  const file = await readFile(source);
  const start = 24;
  let place = start;
  const count = (): number => Number(file.readBigUInt64LE((place += 8) - 8));
  const number = (): number => file.readUInt32LE((place += 4) - 4);
  const text = (): string => {
    const length = count();
    return file.toString('utf8', place, (place += length));
  };
  const pass = (type: number): void => {
    const bytes = VALUE_BYTES[type];
    if (typeof bytes === 'number') place += bytes;
    else if (type === TEXT) text();
    else {
      const itemType = number();
      for (let left = count(); left > 0; left -= 1) pass(itemType);
    }
  };

  for (let left = Number(file.readBigUInt64LE(16)); left > 0; left -= 1) {
    const isDepth = text().endsWith('.block_count');
    const type = number();
    if (isDepth) file.writeUInt32LE(layers, place);
    pass(type);
  }
  const metadata = file.subarray(start, place);
  const tensors = Array.from({ length: Number(file.readBigUInt64LE(8)) }, () => {
    const from = place;
    const layer = /^blk\.(\d+)\./u.exec(text())?.[1] ?? -1;
    const dimensions = number();
    place += dimensions * 8 + 4;
    return { isKept: Number(layer) < layers, offset: count(), entry: file.subarray(from, place) };
  });
  const data = file.subarray(Math.ceil(place / ALIGNMENT) * ALIGNMENT);

  const pieces: Buffer[] = [];
  let offset = 0;
  for (const [index, tensor] of tensors.entries()) {
    if (!tensor.isKept) continue;
    tensor.entry.writeBigUInt64LE(BigInt(offset), tensor.entry.length - 8);
    const piece = data.subarray(tensor.offset, tensors[index + 1]?.offset);
    pieces.push(piece);
    offset += piece.length;
  }
  const kept = tensors.filter(({ isKept }) => isKept);
  const head = Buffer.concat([file.subarray(0, start), metadata, ...kept.map(({ entry }) => entry)]);
  head.writeBigUInt64LE(BigInt(kept.length), 8);
  await writeFile(target, Buffer.concat([head, Buffer.alloc(-head.length & (ALIGNMENT - 1)), ...pieces]));
}
