import {
  COUNT,
  USED,
  each,
  ends,
  experts,
  feedForward,
  keyLengths,
  matrix,
  metadata,
  plain,
  vector,
} from './blocks.mjs';

const PERIOD = 6;
const sees = (index) => index % PERIOD === PERIOD - 1;

/**
 * Real ones have one matrix for both ends, of which the engine's answer counts a copy on the host that a mapped file does not
 * have; here each end has its own. Layers that see everything have keys twice as long and half as many; `p.shared` of the last layers read what earlier ones
 * cached.
 */
function gemma4(id, sizes, { layers = PERIOD, shared = 0, perLayer = 0, mixture = false, sharesKeys = false }) {
  const p = { ...sizes, layers, context: 131_072, tied: false, experts: COUNT, expertFfn: sizes.ffn / 4 };
  const headOf = (index) => (sees(index) ? 2 * p.head : p.head);
  const kvHeadsOf = (index) => (sees(index) ? p.kvHeads / 2 : p.kvHeads);
  const pattern = Array.from({ length: layers }, (_, index) => !sees(index));
  const entries = metadata('gemma4', {
    ...{ layers, width: p.width, heads: p.heads, ffn: p.ffn, vocabulary: p.vocabulary, context: p.context },
    kvHeads: Array.from({ length: layers }, (_, index) => kvHeadsOf(index)),
    ...keyLengths(2 * p.head),
    'attention.key_length_swa': p.head,
    'attention.value_length_swa': p.head,
    'attention.sliding_window': 512,
    'attention.sliding_window_pattern': pattern,
    'attention.shared_kv_layers': shared,
    'rope.dimension_count': 2 * p.head,
    'rope.dimension_count_swa': p.head,
    embedding_length_per_layer_input: perLayer,
    final_logit_softcapping: { type: 'float32', value: 30 },
    ...(mixture ? { expert_count: COUNT, expert_used_count: USED, expert_feed_forward_length: p.expertFfn } : {}),
  });
  const block = (index, b) => {
    const [head, kvHeads] = [headOf(index), kvHeadsOf(index)];
    return [
      ...['attn_norm', 'post_attention_norm', 'ffn_norm', 'post_ffw_norm'].map((name) =>
        vector(`${b}.${name}`, p.width),
      ),
      matrix(`${b}.attn_q`, p.width, p.heads * head),
      vector(`${b}.attn_q_norm`, head),
      ...(index < layers - shared
        ? [matrix(`${b}.attn_k`, p.width, kvHeads * head), vector(`${b}.attn_k_norm`, head)]
        : []),
      ...(index < layers - shared && !(sharesKeys && sees(index))
        ? [matrix(`${b}.attn_v`, p.width, kvHeads * head)]
        : []),
      matrix(`${b}.attn_output`, p.heads * head, p.width),
      ...feedForward(b, p),
      vector(`${b}.layer_output_scale`, 1),
      ...(mixture ? mixtureOf(b, p) : []),
      ...(perLayer > 0 ? perLayerOf(b, p, perLayer) : []),
    ];
  };
  const first =
    perLayer > 0
      ? [
          matrix('per_layer_token_embd', perLayer * layers, p.vocabulary),
          matrix('per_layer_model_proj', p.width, perLayer * layers),
          vector('per_layer_proj_norm', perLayer),
        ]
      : [];
  const factors = plain('rope_freqs.weight', p.head);
  return { id, metadata: entries, tensors: [...ends(p), factors, ...first, ...each(layers, block)] };
}

const mixtureOf = (b, p) => [
  ...experts(b, p).filter(({ name }) => !/_(gate|up)_exps/.test(name)),
  matrix(`${b}.ffn_gate_up_exps`, p.width, 2 * p.expertFfn, COUNT),
  plain(`${b}.ffn_gate_inp.scale`, p.width),
  plain(`${b}.ffn_down_exps.scale`, COUNT),
  ...['post_ffw_norm_1', 'pre_ffw_norm_2', 'post_ffw_norm_2'].map((name) => vector(`${b}.${name}`, p.width)),
];
const perLayerOf = (b, p, length) => [
  matrix(`${b}.inp_gate`, p.width, length),
  matrix(`${b}.proj`, length, p.width),
  vector(`${b}.post_norm`, p.width),
];

/** Gemma 4 in any size: as the dense ones, the mixture, and those with embeddings for each layer. */
export const GEMMA4 = {
  gemma4: (sizes) => gemma4('gemma4', sizes, { sharesKeys: true }),
  'gemma4 with experts': (sizes) => gemma4('gemma4-experts', sizes, { mixture: true }),
  'gemma4 with embeddings by layer': (sizes) =>
    gemma4('gemma4-embeddings', sizes, { layers: 2 * PERIOD, shared: PERIOD, perLayer: 64 }),
};
