import { writeFile } from 'node:fs/promises';
import { createGguf } from './gguf.js';
import type { GgufSpec, GgufTensorSpec } from './gguf.js';

/** Sizes of all tiny models. */
export const TINY = { width: 32, inner: 64, heads: 4 };

const FLOAT_BYTES = 4;
const ALIGNMENT = 32;
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz<>:.');
/** Letters, with BERT's mark in front at the beginning of a word. */
const TOKENS = [...SPECIAL, ...LETTERS.map((letter) => `▁${letter}`), ...LETTERS];

/** A tensor of 32-bit floats; the first number of its shape is the length of a row. */
export type TinyTensor = readonly [name: string, ...shape: number[]];

/** What tells tokens apart. */
export const TINY_EMBEDDING: TinyTensor = ['token_embd.weight', TINY.width, TOKENS.length];

/** What a tiny model is made of beside its size and vocabulary. */
export interface TinyModel {
  readonly architecture: string;
  readonly layers: number;
  readonly contextTokens: number;
  /** Keys below the architecture's name. */
  readonly own: Readonly<Record<string, Metadata>>;
  readonly more?: Readonly<Record<string, Metadata>>;
  readonly tensors: readonly TinyTensor[];
}

type Metadata = GgufSpec['metadata'] extends infer Known
  ? Known extends Readonly<Record<string, infer Value>>
    ? Value
    : never
  : never;

/** Writes a model of a few thousand weights that mean nothing, and are the same each time. */
export async function writeTinyModel(file: string, model: TinyModel): Promise<void> {
  const { architecture, layers, contextTokens, own, more = {} } = model;
  const usual = {
    context_length: contextTokens,
    embedding_length: TINY.width,
    feed_forward_length: TINY.inner,
    block_count: layers,
    'attention.head_count': TINY.heads,
  };
  const tensors = model.tensors.map(([name, ...shape]): GgufTensorSpec => ({ name, shape, type: 'F32' }));
  const header = createGguf({
    metadata: {
      'general.architecture': architecture,
      ...Object.fromEntries(
        Object.entries({ ...usual, ...own }).map(([key, value]) => [`${architecture}.${key}`, value]),
      ),
      'tokenizer.ggml.model': 'bert',
      'tokenizer.ggml.tokens': TOKENS,
      'tokenizer.ggml.token_type_count': 2,
      'tokenizer.ggml.unknown_token_id': 1,
      'tokenizer.ggml.bos_token_id': 2,
      'tokenizer.ggml.cls_token_id': 2,
      'tokenizer.ggml.seperator_token_id': 3,
      'tokenizer.ggml.mask_token_id': 4,
      ...more,
    },
    tensors,
  });
  await writeFile(file, Buffer.concat([header, ...model.tensors.map(([, ...shape], index) => weights(shape, index))]));
}

function weights(shape: readonly number[], index: number): Buffer {
  const numbers = shape.reduce((product, n) => product * n, 1);
  const bytes = Buffer.alloc(Math.ceil((numbers * FLOAT_BYTES) / ALIGNMENT) * ALIGNMENT);
  for (let i = 0; i < numbers; i++) bytes.writeFloatLE(Math.sin(i * i * 1.7 + index * 0.9), i * FLOAT_BYTES);
  return bytes;
}
