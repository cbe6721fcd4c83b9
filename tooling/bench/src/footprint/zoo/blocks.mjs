/** Tensor names and shapes as llama.cpp's loaders (`src/models/*.cpp`) demand them. */

export const matrix = (name, ...shape) => ({ name: `${name}.weight`, shape });
export const vector = (name, n) => ({ name: `${name}.weight`, shape: [n], fixed: true });
export const bias = (name, ...shape) => ({ name: `${name}.bias`, shape, fixed: true });
export const plain = (name, ...shape) => ({ name, shape, fixed: true });
export const kept = (name, ...shape) => ({ ...matrix(name, ...shape), fixed: true });
export const each = (count, make) => Array.from({ length: count }, (_, index) => make(index, `blk.${index}`)).flat();

export function metadata(architecture, options) {
  const { layers, width, heads, kvHeads, ffn, vocabulary, context, ...more } = options;
  const prefixed = {
    block_count: layers,
    context_length: context,
    embedding_length: width,
    feed_forward_length: ffn,
    'attention.head_count': heads,
    'attention.head_count_kv': kvHeads,
    'attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
    vocab_size: vocabulary,
    ...more,
  };
  return {
    'general.architecture': architecture,
    'general.quantization_version': 2,
    'general.file_type': 1,
    ...Object.fromEntries(
      Object.entries(prefixed)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [`${architecture}.${key}`, value]),
    ),
    'tokenizer.ggml.model': 'no_vocab',
  };
}

export const attention = (b, { width, heads, kvHeads, head, valueHead = head }) => [
  matrix(`${b}.attn_q`, width, heads * head),
  matrix(`${b}.attn_k`, width, kvHeads * head),
  matrix(`${b}.attn_v`, width, kvHeads * valueHead),
  matrix(`${b}.attn_output`, heads * valueHead, width),
];
export const attentionBias = (b, { heads, kvHeads, head }) => [
  bias(`${b}.attn_q`, heads * head),
  bias(`${b}.attn_k`, kvHeads * head),
  bias(`${b}.attn_v`, kvHeads * head),
];
export const headNorms = (b, { head }) => [vector(`${b}.attn_q_norm`, head), vector(`${b}.attn_k_norm`, head)];
export const feedForward = (b, { width, ffn }) => [
  matrix(`${b}.ffn_gate`, width, ffn),
  matrix(`${b}.ffn_up`, width, ffn),
  matrix(`${b}.ffn_down`, ffn, width),
];
export const experts = (b, { width, expertFfn, experts: count }) => [
  kept(`${b}.ffn_gate_inp`, width, count),
  matrix(`${b}.ffn_gate_exps`, width, expertFfn, count),
  matrix(`${b}.ffn_up_exps`, width, expertFfn, count),
  matrix(`${b}.ffn_down_exps`, expertFfn, width, count),
];
export const sharedExpert = (b, { width, sharedFfn }) => [
  matrix(`${b}.ffn_gate_shexp`, width, sharedFfn),
  matrix(`${b}.ffn_up_shexp`, width, sharedFfn),
  matrix(`${b}.ffn_down_shexp`, sharedFfn, width),
];
export const ends = ({ width, vocabulary, tied }) => [
  matrix('token_embd', width, vocabulary),
  vector('output_norm', width),
  ...(tied ? [] : [matrix('output', width, vocabulary)]),
];

export function model(id, architecture, shape, more, block) {
  const p = { head: shape.width / shape.heads, tied: false, ...shape };
  const { layers, width, heads, kvHeads, ffn, vocabulary, context } = p;
  return {
    id,
    metadata: metadata(architecture, { layers, width, heads, kvHeads, ffn, vocabulary, context, ...more }),
    tensors: [...ends(p), ...each(layers, (index, b) => block(b, p, index))],
  };
}

export const norms = (b, { width }) => [vector(`${b}.attn_norm`, width), vector(`${b}.ffn_norm`, width)];
export const llamaBlock = (b, p) => [...norms(b, p), ...attention(b, p), ...feedForward(b, p)];
export const keyLengths = (head) => ({ 'attention.key_length': head, 'attention.value_length': head });

/** What the small transformers of all kinds have in common. */
export const LAYERS = 6;
export const WINDOW = 512;
export const COUNT = 16;
export const USED = 4;
export const usual = (sizes, more = {}) => ({ ...sizes, layers: LAYERS, context: 131_072, ...more });
export const rotates = (p) => ({ 'rope.dimension_count': p.head, ...keyLengths(p.head) });
export const windows = { 'attention.sliding_window': WINDOW };
export const float = (value) => ({ type: 'float32', value });
export const postNorms = (b, p) => [vector(`${b}.post_attention_norm`, p.width), vector(`${b}.post_ffw_norm`, p.width)];

export const llama = (id, shape, more = {}) =>
  model(id, 'llama', shape, { 'rope.dimension_count': shape.width / shape.heads, ...more }, llamaBlock);

export const mamba1 = (b, { width, inner, state, rank }) => [
  matrix(`${b}.ssm_in`, width, 2 * inner),
  kept(`${b}.ssm_conv1d`, 4, inner),
  bias(`${b}.ssm_conv1d`, inner),
  matrix(`${b}.ssm_x`, inner, rank + 2 * state),
  matrix(`${b}.ssm_dt`, rank, inner),
  bias(`${b}.ssm_dt`, inner),
  plain(`${b}.ssm_a`, state, inner),
  plain(`${b}.ssm_d`, inner),
  matrix(`${b}.ssm_out`, inner, width),
];

export const mamba2 = (b, { width, inner, state, groups, ssmHeads }) => [
  matrix(`${b}.ssm_in`, width, 2 * inner + 2 * groups * state + ssmHeads),
  kept(`${b}.ssm_conv1d`, 4, inner + 2 * groups * state),
  bias(`${b}.ssm_conv1d`, inner + 2 * groups * state),
  bias(`${b}.ssm_dt`, ssmHeads),
  plain(`${b}.ssm_a`, 1, ssmHeads),
  plain(`${b}.ssm_d`, 1, ssmHeads),
  kept(`${b}.ssm_norm`, inner / groups, groups),
  matrix(`${b}.ssm_out`, inner, width),
];
export const mamba2Metadata = ({ inner, state, groups, ssmHeads }) => ({
  'ssm.conv_kernel': 4,
  'ssm.inner_size': inner,
  'ssm.state_size': state,
  'ssm.time_step_rank': ssmHeads,
  'ssm.group_count': groups,
});
export const layerNormEpsilon = { 'attention.layer_norm_epsilon': { type: 'float32', value: 1e-5 } };
