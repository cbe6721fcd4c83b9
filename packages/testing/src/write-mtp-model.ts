import { TINY, TINY_EMBEDDING, writeTinyModel } from './tiny-model.js';
import type { TinyTensor } from './tiny-model.js';

const { width, inner, heads } = TINY;
const LAYERS = 3;

/**
 * Writes a tiny model of MiMo's kind with a layer that guesses the token after the next one (multi-token prediction). It
 * guesses badly, so every guess has to be checked.
 */
export async function writeMtpModel(file: string): Promise<void> {
  await writeTinyModel(file, {
    ...{ architecture: 'mimo2', layers: LAYERS, contextTokens: 256 },
    own: {
      'attention.head_count_kv': heads,
      'attention.layer_norm_rms_epsilon': 1e-6,
      'attention.sliding_window': 64,
      'attention.sliding_window_pattern': [0, 1, 1],
      expert_feed_forward_length: inner,
      nextn_predict_layers: 1,
      'rope.dimension_count': width / heads,
    },
    tensors: [
      TINY_EMBEDDING,
      ['output_norm.weight', width],
      ['output.weight', width, TINY_EMBEDDING[2] ?? 0],
      ...Array.from({ length: LAYERS }, (_, layer) => layerTensors(`blk.${layer}`)).flat(),
      [`blk.${LAYERS - 1}.nextn.eh_proj.weight`, 2 * width, width],
      [`blk.${LAYERS - 1}.nextn.enorm.weight`, width],
      [`blk.${LAYERS - 1}.nextn.hnorm.weight`, width],
    ],
  });
}

function layerTensors(layer: string): readonly TinyTensor[] {
  return [
    [`${layer}.attn_norm.weight`, width],
    [`${layer}.ffn_norm.weight`, width],
    [`${layer}.attn_qkv.weight`, width, 3 * width],
    [`${layer}.attn_output.weight`, width, width],
    [`${layer}.ffn_gate.weight`, width, inner],
    [`${layer}.ffn_up.weight`, width, inner],
    [`${layer}.ffn_down.weight`, inner, width],
  ];
}
