/** The part of a GGUF writer that is needed here. */
type WriteGguf = (spec: {
  readonly metadata: Readonly<Record<string, FuzzValue>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly type: 'Q4_K' | 'F32';
  }[];
  readonly version?: number;
  readonly endian?: 'little' | 'big';
}) => Uint8Array;

type FuzzValue = number | bigint | boolean | string | readonly (number | string)[];

const DATA_BYTES = 4096;

/**
 * Small whole files with every kind of value, in both versions and byte orders, to start fuzzing from. The writer
 * is handed in: it belongs to test code.
 */
export function sampleHeaders(write: WriteGguf): readonly Uint8Array[] {
  const metadata = {
    'general.architecture': 'llama',
    'general.name': 'Sample ☂',
    'llama.block_count': 2,
    'llama.attention.head_count_kv': [8, 4],
    'llama.attention.layer_norm_rms_epsilon': 0.00001,
    negative: -3,
    wide: 2n ** 60n,
    flag: true,
    'tokenizer.ggml.tokens': Array.from({ length: 40 }, (_, i) => `token${i}`),
    'tokenizer.ggml.scores': Array.from({ length: 40 }, (_, i) => -i / 2),
    'tokenizer.ggml.merges': Array.from({ length: 1100 }, (_, i) => `${i} b`),
    'tokenizer.ggml.token_type': Array.from({ length: 1100 }, () => 1),
  };
  const tensors = [
    { name: 'token_embd.weight', shape: [256, 4], type: 'Q4_K' as const },
    { name: 'blk.0.attn_norm.weight', shape: [256], type: 'F32' as const },
    { name: 'output_norm.weight', shape: [256], type: 'F32' as const },
  ];
  const tiny = { 'general.architecture': 'llama', 'general.alignment': 32, list: [1, 2, 3] };
  return [
    write({ metadata, tensors }),
    write({ metadata: tiny, tensors }),
    write({ metadata: tiny, tensors, version: 2 }),
    write({ metadata: tiny, tensors, endian: 'big' }),
  ].map((header) => {
    const file = new Uint8Array(header.length + DATA_BYTES);
    file.set(header);
    return file;
  });
}
