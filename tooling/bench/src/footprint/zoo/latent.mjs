import { COUNT, USED, bias, experts, feedForward, matrix, model, norms, sharedExpert, vector } from './blocks.mjs';

/** Fewer layers than this the engine takes for a model whose queries are compressed too. */
const LITE_LAYERS = 26;

const expertKeys = (p, more) => ({
  leading_dense_block_count: 1,
  expert_count: COUNT,
  expert_used_count: USED,
  expert_shared_count: 2,
  expert_feed_forward_length: p.expertFfn,
  ...more,
});
const withExperts = (sizes, layers) => ({
  ...sizes,
  ...{ layers, context: 131_072, experts: COUNT, expertFfn: sizes.ffn / 4, sharedFfn: sizes.ffn / 2 },
});

/** Lengths of what is cached for all heads: compressed values, and the part of a key that is rotated. */
const rank = (p) => 4 * p.head;
const turned = (p) => p.head / 2;
const whole = (p) => p.head + turned(p);

const compressed = (p) => ({
  'attention.key_length': rank(p) + turned(p),
  'attention.value_length': rank(p),
  'attention.key_length_mla': whole(p),
  'attention.value_length_mla': p.head,
  'attention.kv_lora_rank': rank(p),
  'rope.dimension_count': turned(p),
});
const wideQueries = (b, p) => [matrix(`${b}.attn_q`, p.width, p.heads * whole(p))];
const narrowQueries = (b, p) => [
  matrix(`${b}.attn_q_a`, p.width, p.width / 2),
  vector(`${b}.attn_q_a_norm`, p.width / 2),
  matrix(`${b}.attn_q_b`, p.width / 2, p.heads * whole(p)),
];
const rows = (b, p) => [
  matrix(`${b}.attn_kv_a_mqa`, p.width, rank(p) + turned(p)),
  vector(`${b}.attn_kv_a_norm`, rank(p)),
  matrix(`${b}.attn_output`, p.heads * p.head, p.width),
];
const unpacks = (b, p) => [
  matrix(`${b}.attn_k_b`, p.head, rank(p), p.heads),
  matrix(`${b}.attn_v_b`, rank(p), p.head, p.heads),
];
const network = (b, p, index, more = []) =>
  index < 1 ? feedForward(b, p) : [...experts(b, p), ...more, ...sharedExpert(b, p)];

/** As DeepSeek V2 Lite: queries of one matrix, experts chosen by a soft maximum. */
const deepseekLite = (sizes) => {
  const p = { ...withExperts(sizes, LITE_LAYERS), kvHeads: 1 };
  return model('deepseek2-lite', 'deepseek2', p, { ...compressed(p), ...expertKeys(p) }, (b, q, index) => [
    ...norms(b, q),
    ...wideQueries(b, q),
    ...rows(b, q),
    ...unpacks(b, q),
    ...network(b, q, index),
  ]);
};

const SIGMOID = {
  expert_gating_func: 2,
  expert_weights_norm: true,
  expert_weights_scale: { type: 'float32', value: 2.5 },
};
const narrow = (name, sizes, more) => {
  const p = { ...withExperts(sizes, 6), kvHeads: 1 };
  const keys = { ...compressed(p), 'attention.q_lora_rank': p.width / 2, ...expertKeys(p), ...SIGMOID, ...more };
  return model(name, 'deepseek2', p, keys, (b, q, index) => [
    ...norms(b, q),
    ...narrowQueries(b, q),
    ...rows(b, q),
    ...unpacks(b, q),
    ...network(b, q, index, [bias(`${b}.exp_probs_b`, COUNT)]),
  ]);
};

/** As Kimi K2 and GLM 4.7 Flash: queries of two matrices, experts chosen by their own sigmoid and a bias. */
const kimi = (sizes) => narrow('kimi', sizes, {});

/** As DeepSeek V3: experts are chosen out of the best groups of them. */
const deepseekV3 = (sizes) => narrow('deepseek-v3', sizes, { expert_group_count: 4, expert_group_used_count: 2 });

/** As files of DeepSeek before 2025: keys and values are unpacked before they are cached. */
const deepseekUnpacked = (sizes) => {
  const p = { ...withExperts(sizes, 6), kvHeads: sizes.heads };
  const keys = {
    'attention.key_length': whole(p),
    'attention.value_length': p.head,
    'attention.kv_lora_rank': rank(p),
    'attention.q_lora_rank': p.width / 2,
    'rope.dimension_count': turned(p),
    ...expertKeys(p, { expert_weights_scale: { type: 'float32', value: 16 } }),
  };
  return model('deepseek2-unpacked', 'deepseek2', p, keys, (b, q, index) => [
    ...norms(b, q),
    ...narrowQueries(b, q),
    ...rows(b, q),
    matrix(`${b}.attn_kv_b`, rank(q), q.heads * 2 * q.head),
    ...network(b, q, index),
  ]);
};

/** Models that keep keys and values compressed together (MLA), in any size. */
export const LATENT = {
  'deepseek2 lite': deepseekLite,
  kimi,
  'deepseek2 with groups': deepseekV3,
  'deepseek2 unpacked': deepseekUnpacked,
};
