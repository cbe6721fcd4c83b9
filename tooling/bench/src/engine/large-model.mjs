import { open } from 'node:fs/promises';
import { createGguf } from '@plimsoll/testing';

const WIDTH = 1024;
const FEED_FORWARD = 4096;
const VOCABULARY = 32_000;

/** Writes a Llama of random F16 weights: large enough that quantizing it is computation, not start-up. */
export async function writeLargeModel(file, layers) {
  const tensors = [tensor('token_embd.weight', WIDTH, VOCABULARY), norm('output_norm.weight')];
  for (let i = 0; i < layers; i++) {
    const name = (part) => `blk.${i}.${part}.weight`;
    tensors.push(norm(name('attn_norm')), norm(name('ffn_norm')));
    for (const part of ['attn_q', 'attn_k', 'attn_v', 'attn_output']) tensors.push(tensor(name(part), WIDTH, WIDTH));
    for (const part of ['ffn_gate', 'ffn_up']) tensors.push(tensor(name(part), WIDTH, FEED_FORWARD));
    tensors.push(tensor(name('ffn_down'), FEED_FORWARD, WIDTH));
  }
  const header = createGguf({
    metadata: {
      'general.architecture': 'llama',
      'general.file_type': 1,
      'llama.block_count': layers,
      'llama.context_length': 4096,
      'llama.embedding_length': WIDTH,
      'llama.feed_forward_length': FEED_FORWARD,
      'llama.attention.head_count': 16,
      'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
      'llama.vocab_size': VOCABULARY,
      'tokenizer.ggml.model': 'no_vocab',
    },
    tensors,
  });
  const handle = await open(file, 'w');
  try {
    await handle.write(header);
    for (const { shape, type } of tensors) await handle.write(data(shape, type));
  } finally {
    await handle.close();
  }
}

const tensor = (name, columns, rows) => ({ name, shape: [columns, rows], type: 'F16' });
const norm = (name) => ({ name, shape: [WIDTH], type: 'F32' });

let state = 1;

/** Small numbers around zero: halves with a random sign and mantissa, floats of 1. */
function data(shape, type) {
  const count = shape.reduce((product, n) => product * n, 1);
  if (type === 'F32') return new Float32Array(count).fill(1);
  const halves = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // Sign and ten bits of mantissa from the state; exponents of 2^-8 to 2^-5.
    halves[i] = ((state >>> 16) & 0x83ff) | ((7 + ((state >>> 10) & 3)) << 10);
  }
  return halves;
}
