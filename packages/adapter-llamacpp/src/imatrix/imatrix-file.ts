import { InvalidInputError } from '@plimsoll/domain';

/** Sums over the inputs of one tensor. A tensor of experts has one row of sums and one count for each expert. */
export interface ImportanceEntry {
  /** Sums of the squared inputs, column by column, one matrix after the other. */
  readonly sums: Float32Array;
  /** Input rows that were summed, for each matrix. */
  readonly counts: Float32Array;
}

/** An importance matrix: how large the inputs of each tensor are, column by column, over a calibration text. */
export interface ImportanceMatrix {
  readonly entries: ReadonlyMap<string, ImportanceEntry>;
  /** Windows of the text that were evaluated, and their length in tokens. */
  readonly chunks: number;
  readonly chunkTokens: number;
  /** Names of the texts. */
  readonly datasets: readonly string[];
  /** Hash of model, text and window, by which an interrupted collection is recognised; null in other programs' files. */
  readonly origin: string | null;
}

const STRING = 8;
const ARRAY = 9;
const UINT32 = 4;
const ALIGNMENT = 32;
const SUMS = '.in_sum2';
const COUNTS = '.counts';
/** Bytes of GGUF's value types by number; 0 for those of variable length. */
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8] as const;

/** The matrix as the GGUF file that `llama-imatrix` writes and `llama-quantize` reads. */
export function encodeImatrix(matrix: ImportanceMatrix): Buffer {
  const tensors = [...matrix.entries]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { sums, counts }]) => [
      { name: `${name}${SUMS}`, columns: sums.length / counts.length, rows: counts.length, data: sums },
      { name: `${name}${COUNTS}`, columns: 1, rows: counts.length, data: counts },
    ]);
  const values = [
    [text('general.type'), u32(STRING), text('imatrix')],
    [
      text('imatrix.datasets'),
      u32(ARRAY),
      u32(STRING),
      u64(matrix.datasets.length),
      ...matrix.datasets.map((name) => text(name)),
    ],
    [text('imatrix.chunk_count'), u32(UINT32), u32(matrix.chunks)],
    [text('imatrix.chunk_size'), u32(UINT32), u32(matrix.chunkTokens)],
    ...(matrix.origin === null ? [] : [[text('plimsoll.imatrix.origin'), u32(STRING), text(matrix.origin)]]),
  ];
  let offset = 0;
  const table = tensors.map(({ name, columns, rows, data }) => {
    const entry = Buffer.concat([text(name), u32(2), u64(columns), u64(rows), u32(0), u64(offset)]);
    offset += padded(data.byteLength);
    return entry;
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(values.length),
    ...values.flat(),
    ...table,
  ]);
  return Buffer.concat([
    filled(head),
    ...tensors.map(({ data }) => filled(Buffer.from(data.buffer, data.byteOffset, data.byteLength))),
  ]);
}

/** Reads such a file. @throws InvalidInputError when it is another kind of file, or a damaged one */
export function decodeImatrix(bytes: Buffer): ImportanceMatrix {
  try {
    return decode(bytes);
  } catch (cause) {
    throw new InvalidInputError('The file is not an importance matrix in GGUF format, or it is damaged.', {
      hint: 'Give a file that Plimsoll or llama-imatrix wrote.',
      cause,
    });
  }
}

function decode(bytes: Buffer): ImportanceMatrix {
  let at = 8;
  const int = (): number => bytes.readUInt32LE((at += 4) - 4);
  const long = (): number => Number(bytes.readBigUInt64LE((at += 8) - 8));
  const string = (): string => {
    const length = long();
    if (length > bytes.length - at) throw new RangeError('a text reaches past the end');
    return bytes.toString('utf8', at, (at += length));
  };
  const value = (type: number): unknown => {
    if (type === STRING) return string();
    if (type === UINT32) return int();
    if (type === ARRAY) {
      const [of, length] = [int(), long()];
      if (of === ARRAY || length > bytes.length) throw new RangeError('an array is too long');
      return Array.from({ length }, () => value(of));
    }
    at += VALUE_BYTES[type] ?? Number.NaN;
    return null;
  };
  if (bytes.toString('latin1', 0, 4) !== 'GGUF') throw new TypeError('no GGUF');
  const [tensorCount, valueCount] = [long(), long()];
  const values = new Map<string, unknown>();
  for (let i = 0; i < valueCount; i++) values.set(string(), value(int()));
  if (values.get('general.type') !== 'imatrix') throw new TypeError('no importance matrix');
  const table: { name: string; length: number; offset: number }[] = [];
  for (let i = 0; i < tensorCount; i++) {
    const name = string();
    let length = 1;
    for (let dimensions = int(); dimensions > 0; dimensions--) length *= long();
    if (int() !== 0) throw new TypeError(`${name} is not of type F32`);
    table.push({ name, length, offset: long() });
  }
  const start = padded(at);
  const floats = new Map(
    table.map(({ name, length, offset }) => {
      const from = start + offset;
      if (from + length * 4 > bytes.length) throw new RangeError(`${name} reaches past the end`);
      // A copy: the place in the file need not be aligned in memory.
      return [name, new Float32Array(Uint8Array.from(bytes.subarray(from, from + length * 4)).buffer)] as const;
    }),
  );
  const entries = new Map<string, ImportanceEntry>();
  for (const [name, sums] of floats) {
    if (!name.endsWith(SUMS)) continue;
    const tensor = name.slice(0, -SUMS.length);
    const counts = floats.get(`${tensor}${COUNTS}`);
    if (counts === undefined || counts.length === 0 || sums.length % counts.length !== 0) {
      throw new TypeError(`${tensor} has no fitting counts`);
    }
    entries.set(tensor, { sums, counts });
  }
  const number = (key: string): number => (typeof values.get(key) === 'number' ? Number(values.get(key)) : 0);
  const datasets = values.get('imatrix.datasets');
  const origin = values.get('plimsoll.imatrix.origin');
  return {
    entries,
    chunks: number('imatrix.chunk_count'),
    chunkTokens: number('imatrix.chunk_size'),
    datasets: Array.isArray(datasets) ? datasets.map(String) : [],
    origin: typeof origin === 'string' ? origin : null,
  };
}

/** Mean squared inputs in single precision, as `llama-quantize` computes them; 1 where an expert was never used. */
export function meanSquares({ sums, counts }: ImportanceEntry): Float32Array {
  const columns = sums.length / counts.length;
  return sums.map((sum, i) => {
    const count = counts[Math.floor(i / columns)] ?? 0;
    return count > 0 ? sum / count : 1;
  });
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u64(bytes.length), bytes]);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function filled(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
}
