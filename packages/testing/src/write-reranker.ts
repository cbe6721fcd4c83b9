import { writeFile } from 'node:fs/promises';
import { createGguf } from './gguf.js';
import type { GgufSpec, GgufTensorSpec } from './gguf.js';

const WIDTH = 32;
const INNER = 64;
const HEADS = 4;
const CONTEXT = 128;
const FLOAT_BYTES = 4;
const ALIGNMENT = 32;

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const LETTERS = Array.from('abcdefghijklmnopqrstuvwxyz<>:.');
const TOKENS = [...SPECIAL, ...LETTERS.map((letter) => `▁${letter}`), ...LETTERS];

type Tensor = readonly [name: string, ...shape: number[]];

const EMBEDDING: Tensor = ['token_embd.weight', WIDTH, TOKENS.length];

/** A pair is marked by the vocabulary's own tokens; the first token's output goes through a layer and a projection. */
const BERT: GgufSpec & { readonly tensors: readonly GgufTensorSpec[] } = {
  metadata: { ...hyperParameters('bert'), 'bert.attention.layer_norm_epsilon': 1e-6, 'bert.attention.causal': false },
  tensors: tensorsOf([
    EMBEDDING,
    ['token_types.weight', WIDTH, 2],
    ['position_embd.weight', WIDTH, CONTEXT],
    ...['token_embd_norm', 'blk.0.attn_output_norm', 'blk.0.layer_output_norm'].flatMap<Tensor>((name) => [
      [`${name}.weight`, WIDTH],
      [`${name}.bias`, WIDTH],
    ]),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map<Tensor>((name) => [`blk.0.${name}.weight`, WIDTH, WIDTH]),
    ['blk.0.ffn_up.weight', WIDTH, INNER],
    ['blk.0.ffn_down.weight', INNER, WIDTH],
    ['cls.weight', WIDTH, WIDTH],
    ['cls.bias', WIDTH],
    ['cls.output.weight', WIDTH, 1],
    ['cls.output.bias', 1],
  ]),
};

/** A pair stands in a template of the file; the last token's output gives the shares of "yes" and "no". */
const QWEN3: GgufSpec & { readonly tensors: readonly GgufTensorSpec[] } = {
  metadata: {
    ...hyperParameters('qwen3'),
    'qwen3.attention.layer_norm_rms_epsilon': 1e-6,
    'qwen3.pooling_type': 4,
    'qwen3.classifier.output_labels': ['yes', 'no'],
    'tokenizer.chat_template.rerank': '<q>: {query} <d>: {document} <a>:',
  },
  tensors: tensorsOf([
    EMBEDDING,
    ...['output_norm', 'blk.0.attn_norm', 'blk.0.ffn_norm'].map<Tensor>((name) => [`${name}.weight`, WIDTH]),
    ...['attn_q_norm', 'attn_k_norm'].map<Tensor>((name) => [`blk.0.${name}.weight`, WIDTH / HEADS]),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map<Tensor>((name) => [`blk.0.${name}.weight`, WIDTH, WIDTH]),
    ...['ffn_gate', 'ffn_up'].map<Tensor>((name) => [`blk.0.${name}.weight`, WIDTH, INNER]),
    ['blk.0.ffn_down.weight', INNER, WIDTH],
    ['cls.output.weight', WIDTH, 2],
  ]),
};

const KINDS = { bert: BERT, qwen3: QWEN3 };

/**
 * Writes a tiny model with a head that ranks documents: its scores mean nothing, and are the same for every engine that
 * computes it rightly. `bert` ranks as the models of BAAI do, `qwen3` as Qwen's.
 */
export async function writeReranker(file: string, kind: keyof typeof KINDS): Promise<void> {
  const spec = KINDS[kind];
  const data = spec.tensors.map(({ shape }, index) => {
    const numbers = shape.reduce<number>((product, n) => product * Number(n), 1);
    const bytes = Buffer.alloc(Math.ceil((numbers * FLOAT_BYTES) / ALIGNMENT) * ALIGNMENT);
    for (let i = 0; i < numbers; i++) bytes.writeFloatLE(Math.sin(i * i * 1.7 + index * 0.9), i * FLOAT_BYTES);
    return bytes;
  });
  await writeFile(file, Buffer.concat([createGguf(spec), ...data]));
}

function hyperParameters(architecture: string): Readonly<Record<string, string | number | readonly string[]>> {
  const own = {
    context_length: CONTEXT,
    embedding_length: WIDTH,
    feed_forward_length: INNER,
    block_count: 1,
    'attention.head_count': HEADS,
  };
  return {
    'general.architecture': architecture,
    ...Object.fromEntries(Object.entries(own).map(([key, value]) => [`${architecture}.${key}`, value])),
    'tokenizer.ggml.model': 'bert',
    'tokenizer.ggml.tokens': TOKENS,
    'tokenizer.ggml.token_type_count': 2,
    'tokenizer.ggml.unknown_token_id': 1,
    'tokenizer.ggml.bos_token_id': 2,
    'tokenizer.ggml.cls_token_id': 2,
    'tokenizer.ggml.seperator_token_id': 3,
    'tokenizer.ggml.mask_token_id': 4,
  };
}

function tensorsOf(tensors: readonly Tensor[]): readonly GgufTensorSpec[] {
  return tensors.map(([name, ...shape]) => ({ name, shape, type: 'F32' }));
}
