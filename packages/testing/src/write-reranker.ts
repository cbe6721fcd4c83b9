import { TINY, TINY_EMBEDDING, writeTinyModel } from './tiny-model.js';
import type { TinyModel, TinyTensor } from './tiny-model.js';

const { width, inner, heads } = TINY;

/** A pair is marked by the vocabulary's own tokens; the first token's output goes through a layer and a projection. */
const BERT: TinyModel = {
  ...{ architecture: 'bert', layers: 1, contextTokens: 128 },
  own: { 'attention.layer_norm_epsilon': 1e-6, 'attention.causal': false },
  tensors: [
    TINY_EMBEDDING,
    ['token_types.weight', width, 2],
    ['position_embd.weight', width, 128],
    ...['token_embd_norm', 'blk.0.attn_output_norm', 'blk.0.layer_output_norm'].flatMap<TinyTensor>((name) => [
      [`${name}.weight`, width],
      [`${name}.bias`, width],
    ]),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map<TinyTensor>((name) => [`blk.0.${name}.weight`, width, width]),
    ['blk.0.ffn_up.weight', width, inner],
    ['blk.0.ffn_down.weight', inner, width],
    ['cls.weight', width, width],
    ['cls.bias', width],
    ['cls.output.weight', width, 1],
    ['cls.output.bias', 1],
  ],
};

/** A pair stands in a template of the file; the last token's output gives the shares of "yes" and "no". */
const QWEN3: TinyModel = {
  ...{ architecture: 'qwen3', layers: 1, contextTokens: 128 },
  own: {
    'attention.layer_norm_rms_epsilon': 1e-6,
    pooling_type: 4,
    'classifier.output_labels': ['yes', 'no'],
  },
  more: { 'tokenizer.chat_template.rerank': '<q>: {query} <d>: {document} <a>:' },
  tensors: [
    TINY_EMBEDDING,
    ...['output_norm', 'blk.0.attn_norm', 'blk.0.ffn_norm'].map<TinyTensor>((name) => [`${name}.weight`, width]),
    ...['attn_q_norm', 'attn_k_norm'].map<TinyTensor>((name) => [`blk.0.${name}.weight`, width / heads]),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map<TinyTensor>((name) => [`blk.0.${name}.weight`, width, width]),
    ...['ffn_gate', 'ffn_up'].map<TinyTensor>((name) => [`blk.0.${name}.weight`, width, inner]),
    ['blk.0.ffn_down.weight', inner, width],
    ['cls.output.weight', width, 2],
  ],
};

const KINDS = { bert: BERT, qwen3: QWEN3 };

/**
 * Writes a tiny model with a head that ranks documents: its scores mean nothing, and are the same for every engine that
 * computes it rightly. `bert` ranks as the models of BAAI do, `qwen3` as Qwen's.
 */
export async function writeReranker(file: string, kind: keyof typeof KINDS): Promise<void> {
  await writeTinyModel(file, KINDS[kind]);
}
