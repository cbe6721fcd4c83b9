import { readFile, writeFile } from 'node:fs/promises';

const COUNTS = 8;
const VALUES = 24;
const ALIGNMENT = 32;
const UINT32 = 4;
const STRING = 8;

/** Writes a copy of a GGUF file with more numbers in its metadata. */
export async function copyWithNumbers(
  source: string,
  target: string,
  numbers: Readonly<Record<string, number>>,
): Promise<void> {
  const file = await readFile(source);
  const added = Object.entries(numbers).map(([key, value]) => Buffer.concat([text(key), word(UINT32), word(value)]));
  // The tensors behind stay where the alignment wants them: a last text fills up.
  const filler = [text('test.filler'), word(STRING)];
  const length = [...added, ...filler].reduce((sum, part) => sum + part.length, 0) + 8;
  const values = [...added, ...filler, text(' '.repeat((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT))];
  file.writeBigUInt64LE(file.readBigUInt64LE(COUNTS + 8) + BigInt(added.length + 1), COUNTS + 8);
  await writeFile(target, Buffer.concat([file.subarray(0, VALUES), ...values, file.subarray(VALUES)]));
}

function text(value: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([length, Buffer.from(value)]);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
