import {
  COUNT,
  LAYERS,
  USED,
  attention,
  attentionBias,
  bias,
  experts,
  feedForward,
  float,
  headNorms,
  layerNormEpsilon,
  llamaBlock,
  matrix,
  model,
  norms,
  postNorms,
  rotates,
  sharedExpert,
  vector,
  windows,
} from './blocks.mjs';

/** Parts of a head that are rotated by time, height and width. */
const sections = (p) => ({ 'rope.dimension_sections': [p.head / 4, p.head / 8, p.head / 8, 0] });
const SIGMOID = {
  expert_gating_func: 2,
  expert_weights_norm: true,
  expert_weights_scale: float(2.5),
  leading_dense_block_count: 1,
  expert_shared_count: 2,
};

/** A model in any size of which a block is made by `block`. */
const variation =
  (architecture, block, { keys = () => ({}), shape = () => ({}) } = {}) =>
  (sizes) => {
    const p = { ...sizes, layers: LAYERS, context: 131_072, ...shape(sizes) };
    return model(architecture, architecture, p, { ...rotates(p), ...keys(p) }, block);
  };

const mixture = (architecture, block, { keys = () => ({}), shape = () => ({}) } = {}) =>
  variation(architecture, block, {
    shape: (sizes) => ({ experts: COUNT, expertFfn: sizes.ffn / 4, sharedFfn: sizes.ffn / 2, ...shape(sizes) }),
    keys: (p) => ({
      expert_count: COUNT,
      expert_used_count: USED,
      expert_feed_forward_length: p.expertFfn,
      ...keys(p),
    }),
  });

const normedHeads = (b, p) => [...llamaBlock(b, p), ...headNorms(b, p)];
const preferred = (b, p) => [...experts(b, p), bias(`${b}.exp_probs_b`, p.experts)];
/** A dense network in the first layer, experts and one that all tokens share in all others. */
const networks = (b, p, index) => (index < 1 ? feedForward(b, p) : [...preferred(b, p), ...sharedExpert(b, p)]);

const tied = () => ({ tied: true });
const allHeads = (p) => ({ kvHeads: p.heads });
const narrow = (p) => ({ ffn: p.ffn / 4 });

const cohere = (b, p) => [vector(`${b}.attn_norm`, p.width), ...attention(b, p), ...feedForward(b, p)];
const exaone = (b, p) => [...attention(b, p), ...headNorms(b, p), ...feedForward(b, p), ...postNorms(b, p)];
const glm = (b, p) => [
  ...norms(b, p),
  ...attention(b, p),
  ...postNorms(b, p),
  matrix(`${b}.ffn_up`, p.width, 2 * p.ffn),
  matrix(`${b}.ffn_down`, p.ffn, p.width),
];
const glmMixture = (b, p, index) => [
  vector(`${b}.attn_norm`, p.width),
  vector(`${b}.post_attention_norm`, p.width),
  ...attention(b, p),
  ...attentionBias(b, p),
  ...networks(b, p, index),
];
const centered = (name, n) => [vector(name, n), bias(name, n)];

/** One of their norms has a bias that is no tensor of a layer. */
const withCenteredNorms = (architecture, network) => (sizes) => {
  const made = variation(
    architecture,
    (b, p) => [
      ...centered(`${b}.attn_norm`, p.width),
      ...centered(`${b}.ffn_norm`, p.width),
      ...attention(b, p),
      ...network(b, p),
    ],
    { keys: () => layerNormEpsilon },
  )(sizes);
  return { ...made, tensors: [...made.tensors, bias('output_norm', sizes.width)] };
};
const withoutGate = (b, p) => [matrix(`${b}.ffn_up`, p.width, p.ffn), matrix(`${b}.ffn_down`, p.ffn, p.width)];
const withoutGateButBiases = (b, p) => [
  ...withoutGate(b, p),
  bias(`${b}.ffn_up`, p.ffn),
  bias(`${b}.ffn_down`, p.width),
  bias(`${b}.attn_output`, p.width),
  ...attentionBias(b, p),
];

/** Transformers that are variations of others too, in any size. */
export const FURTHER_VARIATIONS = {
  bailingmoe2: mixture(
    'bailingmoe2',
    (b, p, index) => [
      ...norms(b, p),
      matrix(`${b}.attn_qkv`, p.width, (p.heads + 2 * p.kvHeads) * p.head),
      matrix(`${b}.attn_output`, p.heads * p.head, p.width),
      ...headNorms(b, p),
      ...networks(b, p, index),
    ],
    {
      keys: (p) => ({
        ...SIGMOID,
        expert_shared_feed_forward_length: p.sharedFfn / 2,
        expert_group_count: 4,
        expert_group_used_count: 2,
      }),
    },
  ),
  'command-r': variation('command-r', cohere, {
    shape: tied,
    keys: () => ({ ...layerNormEpsilon, logit_scale: float(0.0625) }),
  }),
  cohere2: variation('cohere2', cohere, {
    shape: tied,
    keys: () => ({ ...layerNormEpsilon, ...windows, logit_scale: float(0.25) }),
  }),
  dots1: mixture(
    'dots1',
    (b, p, index) => [...norms(b, p), ...attention(b, p), ...headNorms(b, p), ...networks(b, p, index)],
    { shape: allHeads, keys: () => SIGMOID },
  ),
  ernie4_5: variation('ernie4_5', llamaBlock, { shape: tied }),
  'ernie4_5-moe': mixture(
    'ernie4_5-moe',
    (b, p, index) => [...norms(b, p), ...attention(b, p), ...networks(b, p, index)],
    {
      shape: tied,
      keys: (p) => ({
        leading_dense_block_count: 1,
        interleave_moe_layer_step: 1,
        expert_shared_count: 2,
        expert_shared_feed_forward_length: p.sharedFfn,
      }),
    },
  ),
  exaone4: variation('exaone4', exaone, { shape: tied }),
  // The engine knows those with windows by their number of layers.
  'exaone4 with windows': variation('exaone4', exaone, { shape: () => ({ layers: 64 }), keys: () => windows }),
  gemma: variation('gemma', llamaBlock, { shape: tied }),
  glm4: variation('glm4', glm, { keys: (p) => ({ 'rope.dimension_count': p.head / 2 }) }),
  'glm4 of pictures': variation('glm4', glm, { keys: sections }),
  glm4moe: mixture('glm4moe', glmMixture, { keys: () => SIGMOID }),
  'hunyuan-dense': variation('hunyuan-dense', normedHeads, { shape: tied }),
  'hunyuan-moe': mixture(
    'hunyuan-moe',
    (b, p) => [...norms(b, p), ...attention(b, p), ...headNorms(b, p), ...experts(b, p), ...sharedExpert(b, p)],
    { shape: narrow, keys: (p) => ({ expert_shared_feed_forward_length: p.sharedFfn }) },
  ),
  'minimax-m2': mixture(
    'minimax-m2',
    (b, p) => [
      ...norms(b, p),
      ...attention(b, p),
      vector(`${b}.attn_q_norm`, p.heads * p.head),
      vector(`${b}.attn_k_norm`, p.kvHeads * p.head),
      ...preferred(b, p),
    ],
    { shape: narrow, keys: () => ({ expert_gating_func: 2 }) },
  ),
  mistral3: variation('mistral3', llamaBlock, { keys: () => ({ 'attention.temperature_scale': float(0.1) }) }),
  qwen2vl: variation('qwen2vl', (b, p) => [...llamaBlock(b, p), ...attentionBias(b, p)], { keys: sections }),
  qwen3vl: variation('qwen3vl', normedHeads, { shape: tied, keys: (p) => ({ ...sections(p), n_deepstack_layers: 3 }) }),
  qwen3vlmoe: mixture(
    'qwen3vlmoe',
    (b, p) => [...norms(b, p), ...attention(b, p), ...headNorms(b, p), ...experts(b, p)],
    { keys: (p) => ({ ...sections(p), n_deepstack_layers: 3 }) },
  ),
  seed_oss: variation('seed_oss', (b, p) => [
    vector(`${b}.attn_norm`, p.width),
    vector(`${b}.post_attention_norm`, p.width),
    ...attention(b, p),
    ...attentionBias(b, p),
    ...feedForward(b, p),
  ]),
  stablelm: withCenteredNorms('stablelm', feedForward),
  nemotron: withCenteredNorms('nemotron', withoutGate),
  starcoder2: withCenteredNorms('starcoder2', withoutGateButBiases),
  arcee: variation('arcee', (b, p) => [...norms(b, p), ...attention(b, p), ...withoutGate(b, p)]),
  internlm2: variation('internlm2', llamaBlock),
  'exaone-moe': mixture(
    'exaone-moe',
    (b, p, index) => [...norms(b, p), ...attention(b, p), ...headNorms(b, p), ...networks(b, p, index)],
    { keys: (p) => ({ ...SIGMOID, ...windows, expert_shared_feed_forward_length: p.sharedFfn }) },
  ),
  // Every second layer has experts, of which each token has one.
  llama4: mixture(
    'llama4',
    (b, p, index) => [
      ...norms(b, p),
      ...attention(b, p),
      ...(index % 2 === 0
        ? feedForward(b, p)
        : [...experts(b, p), ...sharedExpert(b, { ...p, sharedFfn: p.expertFfn })]),
    ],
    { keys: () => ({ interleave_moe_layer_step: 2, expert_used_count: 1 }) },
  ),
};
