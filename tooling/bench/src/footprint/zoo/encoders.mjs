import { matrix, vector, bias, kept, each, metadata, attention, attentionBias } from './blocks.mjs';

/** Encoders for embeddings. */
export function encoders() {
  const p = { layers: 12, width: 768, heads: 12, kvHeads: 12, head: 64, ffn: 3072, vocabulary: 30522, context: 512 };
  const spec = metadata('bert', {
    ...{ layers: 12, width: 768, heads: 12, kvHeads: undefined, ffn: 3072, vocabulary: 30522, context: 512 },
    'attention.layer_norm_epsilon': { type: 'float32', value: 1e-12 },
    'attention.causal': false,
    pooling_type: 2,
  });
  return [
    {
      id: 'bge-base-en',
      metadata: { ...spec, 'tokenizer.ggml.token_type_count': 2 },
      tensors: [
        matrix('token_embd', 768, 30522),
        kept('token_types', 768, 2),
        kept('position_embd', 768, 512),
        vector('token_embd_norm', 768),
        bias('token_embd_norm', 768),
        ...each(12, (index, b) => [
          ...attention(b, p),
          ...attentionBias(b, p),
          bias(`${b}.attn_output`, 768),
          vector(`${b}.attn_output_norm`, 768),
          bias(`${b}.attn_output_norm`, 768),
          matrix(`${b}.ffn_up`, 768, 3072),
          bias(`${b}.ffn_up`, 3072),
          matrix(`${b}.ffn_down`, 3072, 768),
          bias(`${b}.ffn_down`, 768),
          vector(`${b}.layer_output_norm`, 768),
          bias(`${b}.layer_output_norm`, 768),
        ]),
      ],
    },
  ];
}
