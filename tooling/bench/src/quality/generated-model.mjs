import { open } from 'node:fs/promises';
import { gguf } from '@huggingface/gguf';
import { createGguf } from '@plimsoll/testing';
import { seededRandom } from '../header/vocabulary.mjs';

const CONTEXT = 1024;
const HEAD = 64;
/** Tensors start at multiples of this, unless a GGUF file says otherwise. */
const ALIGNMENT = 32;
/** Logits within 16 of the best, further down llama-perplexity keeps none of a reference; sharp enough to tell. */
const LOGIT_SPREAD = 2;

/**
 * Writes a Llama of random F16 weights with the tokenizer of another model, so that both read the same text the same
 * way. Weights are normal with a deviation of 1/√inputs, as at the start of a training: every layer then passes on
 * about as much as it is given, and quantizing it shows in the answers. Returns the number of parameters.
 */
export async function writeGeneratedModel(file, { tokenizerOf, layers, width, feedForward, contextTokens = CONTEXT }) {
  const { metadata } = await gguf(tokenizerOf, { allowLocalFile: true });
  const vocabulary = metadata['tokenizer.ggml.tokens'].length;
  const matrix = (name, columns, rows, spread = 1) => ({ name, shape: [columns, rows], type: 'F16', spread });
  const norm = (name) => ({ name, shape: [width], type: 'F32' });
  const tensors = [
    matrix('token_embd.weight', width, vocabulary),
    norm('output_norm.weight'),
    matrix('output.weight', width, vocabulary, LOGIT_SPREAD),
  ];
  for (let layer = 0; layer < layers; layer += 1) {
    const name = (part) => `blk.${layer}.${part}.weight`;
    tensors.push(norm(name('attn_norm')), norm(name('ffn_norm')));
    for (const part of ['attn_q', 'attn_k', 'attn_v', 'attn_output']) tensors.push(matrix(name(part), width, width));
    for (const part of ['ffn_gate', 'ffn_up']) tensors.push(matrix(name(part), width, feedForward));
    tensors.push(matrix(name('ffn_down'), feedForward, width));
  }
  await writeRandomModel(file, {
    tokenizer: metadata,
    metadata: {
      'general.architecture': 'llama',
      'general.name': 'Random weights',
      'general.file_type': 1,
      'llama.block_count': layers,
      'llama.context_length': contextTokens,
      'llama.embedding_length': width,
      'llama.feed_forward_length': feedForward,
      'llama.attention.head_count': width / HEAD,
      'llama.attention.head_count_kv': width / HEAD,
      'llama.rope.dimension_count': HEAD,
      'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
      'llama.vocab_size': vocabulary,
    },
    tensors,
  });
  return tensors.reduce((sum, { shape }) => sum + size(shape), 0);
}

/**
 * Writes a model of random weights: `tensors` with a type of F16 or F32 and perhaps a `spread`. Of `tokenizer`, another
 * model's metadata, those of its tokenizer are taken.
 */
export async function writeRandomModel(file, { metadata, tokenizer, tensors }) {
  const taken = Object.entries(tokenizer).filter(([key]) => key.startsWith('tokenizer.'));
  const header = createGguf({ metadata: { ...metadata, ...Object.fromEntries(taken.map(typed)) }, tensors });
  const handle = await open(file, 'w');
  try {
    await handle.write(header);
    const normals = normalTable();
    for (const tensor of tensors) {
      const values = data(tensor, normals);
      await handle.write(values);
      await handle.write(new Uint8Array(-values.byteLength & (ALIGNMENT - 1)));
    }
  } finally {
    await handle.close();
  }
}

const ARRAY_TYPES = { 'tokenizer.ggml.scores': 'float32', 'tokenizer.ggml.token_type': 'int32' };

const typed = ([key, value]) => [key, key in ARRAY_TYPES ? { type: ARRAY_TYPES[key], value } : value];

const size = (shape) => shape.reduce((product, n) => product * n, 1);

/** 65,536 standard normal numbers (Box and Muller): drawing from a table is fast. */
function normalTable() {
  const random = seededRandom(20_260_101);
  return Float64Array.from({ length: 1 << 16 }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
}

let state = 1;

function data({ shape, type, spread = 1 }, normals) {
  const count = size(shape);
  if (type === 'F32') return new Float32Array(count).fill(1);
  const halves = Uint16Array.from(normals, (value) => half((value * spread) / Math.sqrt(shape[0])));
  const weights = new Uint16Array(count);
  for (let i = 0; i < count; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    weights[i] = halves[state >>> 16];
  }
  return weights;
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** A half of a number between 2^-14 and 2^15 in size, cut off; 0 for smaller ones. */
function half(value) {
  float[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000;
  const exponent = ((bits[0] >>> 23) & 0xff) - 112;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits[0] >>> 13) & 0x3ff);
}
