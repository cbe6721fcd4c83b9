import { writeSparseGguf } from '@plimsoll/testing/gguf';
import { makeVocabulary } from './vocabulary.mjs';

const LAYERS = 32;
const VOCABULARY = 128_256;
const MERGES = 280_147;

/**
 * Writes a header-only Llama-3.1-8B at Q4_K: real hyper-parameters, 292 tensors, a vocabulary of 128,256 tokens
 * and 280,147 merges (the sizes of the published files). Returns its sizes.
 */
export function writeLlama31(path) {
  const { tokens, merges } = makeVocabulary({ tokens: VOCABULARY, merges: MERGES });
  return writeSparseGguf(path, {
    metadata: {
      'general.architecture': 'llama',
      'general.type': 'model',
      'general.name': 'Meta Llama 3.1 8B Instruct',
      'general.size_label': '8B',
      'general.file_type': 15,
      'general.quantization_version': 2,
      'llama.block_count': LAYERS,
      'llama.context_length': 131072,
      'llama.embedding_length': 4096,
      'llama.feed_forward_length': 14336,
      'llama.attention.head_count': 32,
      'llama.attention.head_count_kv': 8,
      'llama.rope.freq_base': { type: 'float32', value: 500000 },
      'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
      'llama.vocab_size': VOCABULARY,
      'llama.rope.dimension_count': 128,
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'llama-bpe',
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': { type: 'int32', value: new Array(VOCABULARY).fill(1) },
      'tokenizer.ggml.merges': merges,
      'tokenizer.ggml.bos_token_id': 128000,
      'tokenizer.ggml.eos_token_id': 128009,
      'tokenizer.chat_template': '{{ bos_token }}{% for message in messages %}{{ message.content }}{% endfor %}',
    },
    tensors: [
      { name: 'token_embd.weight', shape: [4096, VOCABULARY], type: 'Q4_K' },
      ...Array.from({ length: LAYERS }, (_, layer) => layerTensors(`blk.${layer}`)).flat(),
      { name: 'rope_freqs.weight', shape: [64], type: 'F32' },
      { name: 'output_norm.weight', shape: [4096], type: 'F32' },
      { name: 'output.weight', shape: [4096, VOCABULARY], type: 'Q6_K' },
    ],
  });
}

function layerTensors(prefix) {
  return [
    { name: `${prefix}.attn_norm.weight`, shape: [4096], type: 'F32' },
    { name: `${prefix}.ffn_norm.weight`, shape: [4096], type: 'F32' },
    { name: `${prefix}.attn_q.weight`, shape: [4096, 4096], type: 'Q4_K' },
    { name: `${prefix}.attn_k.weight`, shape: [4096, 1024], type: 'Q4_K' },
    { name: `${prefix}.attn_v.weight`, shape: [4096, 1024], type: 'Q4_K' },
    { name: `${prefix}.attn_output.weight`, shape: [4096, 4096], type: 'Q4_K' },
    { name: `${prefix}.ffn_gate.weight`, shape: [4096, 14336], type: 'Q4_K' },
    { name: `${prefix}.ffn_up.weight`, shape: [4096, 14336], type: 'Q4_K' },
    { name: `${prefix}.ffn_down.weight`, shape: [14336, 4096], type: 'Q4_K' },
  ];
}
