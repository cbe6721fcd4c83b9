import { InvalidInputError } from '@plimsoll/domain';
import type { ImportanceEntry, ImportanceMatrix } from './imatrix-file.js';

/**
 * The matrix in the format that llama.cpp wrote before GGUF, usually called `imatrix.dat`. Instead of sums and counts
 * it holds means multiplied by a number of windows. Source: llama.cpp `tools/imatrix/imatrix.cpp`.
 */
export function encodeLegacyImatrix({ entries, chunks, chunkTokens, datasets }: ImportanceMatrix): Buffer {
  const kept = [...entries].filter(([, { counts }]) => counts.some((count) => count > 0)).sort(byName);
  const dataset = Buffer.from(datasets.at(-1) ?? '', 'utf8');
  return Buffer.concat([
    int(kept.length),
    ...kept.flatMap(([name, { sums, counts }]) => {
      const windows = Math.ceil(Math.max(...counts) / Math.max(1, chunkTokens));
      const columns = sums.length / counts.length;
      const values = sums.map((sum, i) => {
        const count = counts[Math.floor(i / columns)] ?? 0;
        // An expert that was never used gets the mean 1.
        return Math.fround(count > 0 ? sum / count : 1) * windows;
      });
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      return [int(Buffer.byteLength(name)), Buffer.from(name, 'utf8'), int(windows), int(values.length), bytes];
    }),
    int(chunks),
    int(dataset.length),
    dataset,
  ]);
}

/** Reads such a file. @throws InvalidInputError when it is another kind of file, or a damaged one */
export function decodeLegacyImatrix(bytes: Buffer): ImportanceMatrix {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new InvalidInputError('The file is not an importance matrix, or it is damaged.', {
      hint: 'Give a file that Plimsoll or llama-imatrix wrote.',
      cause,
    });
  }
}

function decode(bytes: Buffer): ImportanceMatrix {
  let at = 0;
  const int = (): number => {
    const value = bytes.readInt32LE(at);
    if (value < 0) throw new RangeError('a negative number');
    at += 4;
    return value;
  };
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new RangeError('something reaches past the end');
    return bytes.subarray(at, (at += length));
  };
  const entries = new Map<string, ImportanceEntry>();
  const count = int();
  if (count === 0) throw new RangeError('no tensor');
  for (let i = 0; i < count; i++) {
    const name = take(int()).toString('utf8');
    const windows = int();
    const sums = new Float32Array(Uint8Array.from(take(int() * 4)).buffer);
    if (name === '' || sums.length === 0) throw new RangeError('an empty tensor');
    entries.set(name, { sums, counts: Float32Array.of(Math.max(1, windows)) });
  }
  // Files of old releases end here.
  const chunks = at < bytes.length ? int() : 0;
  const dataset = at < bytes.length ? take(int()).toString('utf8') : '';
  return { entries, chunks, chunkTokens: 0, datasets: dataset === '' ? [] : [dataset], origin: null };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
