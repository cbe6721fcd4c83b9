/**
 * Real hyper-parameters of published models, as header-only GGUF files need them. Sources: each model's
 * published configuration; tensor names and shapes as llama.cpp's loaders (`src/models/*.cpp`) demand them.
 * @typedef {{ name: string, shape: number[], fixed?: boolean }} ZooTensor `fixed` tensors stay F32.
 * @typedef {{ id: string, metadata: Record<string, unknown>, tensors: ZooTensor[] }} ZooModel
 */

const matrix = (name, ...shape) => ({ name: `${name}.weight`, shape });
const vector = (name, n) => ({ name: `${name}.weight`, shape: [n], fixed: true });
const bias = (name, ...shape) => ({ name: `${name}.bias`, shape, fixed: true });
const plain = (name, ...shape) => ({ name, shape, fixed: true });
const kept = (name, ...shape) => ({ ...matrix(name, ...shape), fixed: true });
const each = (count, make) => Array.from({ length: count }, (_, index) => make(index, `blk.${index}`)).flat();

function metadata(architecture, options) {
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

const attention = (b, { width, heads, kvHeads, head, valueHead = head }) => [
  matrix(`${b}.attn_q`, width, heads * head),
  matrix(`${b}.attn_k`, width, kvHeads * head),
  matrix(`${b}.attn_v`, width, kvHeads * valueHead),
  matrix(`${b}.attn_output`, heads * valueHead, width),
];
const attentionBias = (b, { heads, kvHeads, head }) => [
  bias(`${b}.attn_q`, heads * head),
  bias(`${b}.attn_k`, kvHeads * head),
  bias(`${b}.attn_v`, kvHeads * head),
];
const headNorms = (b, { head }) => [vector(`${b}.attn_q_norm`, head), vector(`${b}.attn_k_norm`, head)];
const feedForward = (b, { width, ffn }) => [
  matrix(`${b}.ffn_gate`, width, ffn),
  matrix(`${b}.ffn_up`, width, ffn),
  matrix(`${b}.ffn_down`, ffn, width),
];
const experts = (b, { width, expertFfn, experts: count }) => [
  kept(`${b}.ffn_gate_inp`, width, count),
  matrix(`${b}.ffn_gate_exps`, width, expertFfn, count),
  matrix(`${b}.ffn_up_exps`, width, expertFfn, count),
  matrix(`${b}.ffn_down_exps`, expertFfn, width, count),
];
const sharedExpert = (b, { width, sharedFfn }) => [
  matrix(`${b}.ffn_gate_shexp`, width, sharedFfn),
  matrix(`${b}.ffn_up_shexp`, width, sharedFfn),
  matrix(`${b}.ffn_down_shexp`, sharedFfn, width),
];
const ends = ({ width, vocabulary, tied }) => [
  matrix('token_embd', width, vocabulary),
  vector('output_norm', width),
  ...(tied ? [] : [matrix('output', width, vocabulary)]),
];

function model(id, architecture, shape, more, block) {
  const p = { head: shape.width / shape.heads, tied: false, ...shape };
  const { layers, width, heads, kvHeads, ffn, vocabulary, context } = p;
  return {
    id,
    metadata: metadata(architecture, { layers, width, heads, kvHeads, ffn, vocabulary, context, ...more }),
    tensors: [...ends(p), ...each(layers, (index, b) => block(b, p, index))],
  };
}

const norms = (b, { width }) => [vector(`${b}.attn_norm`, width), vector(`${b}.ffn_norm`, width)];
const llamaBlock = (b, p) => [...norms(b, p), ...attention(b, p), ...feedForward(b, p)];
const keyLengths = (head) => ({ 'attention.key_length': head, 'attention.value_length': head });

const llama = (id, shape, more = {}) =>
  model(id, 'llama', shape, { 'rope.dimension_count': shape.width / shape.heads, ...more }, llamaBlock);

function llamaFamily() {
  return [
    llama('fable-5m', {
      layers: 6,
      width: 256,
      heads: 8,
      kvHeads: 4,
      ffn: 768,
      vocabulary: 4096,
      context: 256,
      tied: true,
    }),
    llama('tinyllama-1.1b', {
      layers: 22,
      width: 2048,
      heads: 32,
      kvHeads: 4,
      ffn: 5632,
      vocabulary: 32000,
      context: 2048,
    }),
    llama('smollm2-360m', {
      layers: 32,
      width: 960,
      heads: 15,
      kvHeads: 5,
      ffn: 2560,
      vocabulary: 49152,
      context: 8192,
      tied: true,
    }),
    llama('llama-3.1-8b', {
      layers: 32,
      width: 4096,
      heads: 32,
      kvHeads: 8,
      ffn: 14336,
      vocabulary: 128256,
      context: 131072,
    }),
    llama('llama-3.2-3b', {
      layers: 28,
      width: 3072,
      heads: 24,
      kvHeads: 8,
      ffn: 8192,
      vocabulary: 128256,
      context: 131072,
      tied: true,
    }),
    llama('llama-3.3-70b', {
      layers: 80,
      width: 8192,
      heads: 64,
      kvHeads: 8,
      ffn: 28672,
      vocabulary: 128256,
      context: 131072,
    }),
    llama('mistral-7b-v0.3', {
      layers: 32,
      width: 4096,
      heads: 32,
      kvHeads: 8,
      ffn: 14336,
      vocabulary: 32768,
      context: 32768,
    }),
    model(
      'mixtral-8x7b',
      'llama',
      {
        layers: 32,
        width: 4096,
        heads: 32,
        kvHeads: 8,
        ffn: 14336,
        vocabulary: 32000,
        context: 32768,
        expertFfn: 14336,
        experts: 8,
      },
      { 'rope.dimension_count': 128, expert_count: 8, expert_used_count: 2 },
      (b, p) => [...norms(b, p), ...attention(b, p), ...experts(b, p)],
    ),
    model(
      'qwen2.5-7b',
      'qwen2',
      { layers: 28, width: 3584, heads: 28, kvHeads: 4, ffn: 18944, vocabulary: 152064, context: 32768 },
      {},
      (b, p) => [...llamaBlock(b, p), ...attentionBias(b, p)],
    ),
    model(
      'qwen2.5-0.5b',
      'qwen2',
      { layers: 24, width: 896, heads: 14, kvHeads: 2, ffn: 4864, vocabulary: 151936, context: 32768, tied: true },
      {},
      (b, p) => [...llamaBlock(b, p), ...attentionBias(b, p)],
    ),
    model(
      'qwen3-4b',
      'qwen3',
      {
        layers: 36,
        width: 2560,
        heads: 32,
        kvHeads: 8,
        head: 128,
        ffn: 9728,
        vocabulary: 151936,
        context: 40960,
        tied: true,
      },
      keyLengths(128),
      (b, p) => [...llamaBlock(b, p), ...headNorms(b, p)],
    ),
    model(
      'phi-3-mini-128k',
      'phi3',
      { layers: 32, width: 3072, heads: 32, kvHeads: 32, ffn: 8192, vocabulary: 32064, context: 131072 },
      { 'rope.dimension_count': 96, 'rope.scaling.original_context_length': 4096 },
      (b, p) => [
        ...norms(b, p),
        matrix(`${b}.attn_qkv`, p.width, 3 * p.width),
        matrix(`${b}.attn_output`, p.width, p.width),
        matrix(`${b}.ffn_up`, p.width, 2 * p.ffn),
        matrix(`${b}.ffn_down`, p.ffn, p.width),
      ],
    ),
    model(
      'gemma-2-9b',
      'gemma2',
      {
        layers: 42,
        width: 3584,
        heads: 16,
        kvHeads: 8,
        head: 256,
        ffn: 14336,
        vocabulary: 256000,
        context: 8192,
        tied: true,
      },
      {
        ...keyLengths(256),
        'attention.sliding_window': 4096,
        attn_logit_softcapping: { type: 'float32', value: 50 },
        final_logit_softcapping: { type: 'float32', value: 30 },
      },
      (b, p) => [
        ...llamaBlock(b, p),
        vector(`${b}.post_attention_norm`, p.width),
        vector(`${b}.post_ffw_norm`, p.width),
      ],
    ),
    model(
      'gemma-3-4b',
      'gemma3',
      {
        layers: 34,
        width: 2560,
        heads: 8,
        kvHeads: 4,
        head: 256,
        ffn: 10240,
        vocabulary: 262144,
        context: 131072,
        tied: true,
      },
      { ...keyLengths(256), 'attention.sliding_window': 1024 },
      (b, p) => [
        ...llamaBlock(b, p),
        ...headNorms(b, p),
        vector(`${b}.post_attention_norm`, p.width),
        vector(`${b}.post_ffw_norm`, p.width),
      ],
    ),
    model(
      'command-r-08-2024',
      'command-r',
      {
        layers: 40,
        width: 8192,
        heads: 64,
        kvHeads: 8,
        ffn: 24576,
        vocabulary: 256000,
        context: 131072,
        tied: true,
      },
      { 'attention.layer_norm_epsilon': { type: 'float32', value: 1e-5 } },
      (b, p) => [vector(`${b}.attn_norm`, p.width), ...attention(b, p), ...feedForward(b, p)],
    ),
    model(
      'glm-4-9b-0414',
      'glm4',
      { layers: 40, width: 4096, heads: 32, kvHeads: 2, ffn: 13696, vocabulary: 151552, context: 32768 },
      { 'rope.dimension_count': 64 },
      (b, p) => [
        ...norms(b, p),
        ...attention(b, p),
        vector(`${b}.post_attention_norm`, p.width),
        matrix(`${b}.ffn_up`, p.width, 2 * p.ffn),
        matrix(`${b}.ffn_down`, p.ffn, p.width),
        vector(`${b}.post_ffw_norm`, p.width),
      ],
    ),
    model(
      'granite-3.3-8b',
      'granite',
      {
        layers: 40,
        width: 4096,
        heads: 32,
        kvHeads: 8,
        ffn: 12800,
        vocabulary: 49159,
        context: 131072,
        tied: true,
      },
      {
        'rope.dimension_count': 128,
        'attention.scale': { type: 'float32', value: 0.0078125 },
        embedding_scale: { type: 'float32', value: 12 },
        residual_scale: { type: 'float32', value: 0.22 },
        logit_scale: { type: 'float32', value: 16 },
      },
      llamaBlock,
    ),
  ];
}

function mixtures() {
  return [
    model(
      'qwen3-30b-a3b',
      'qwen3moe',
      {
        layers: 48,
        width: 2048,
        heads: 32,
        kvHeads: 4,
        head: 128,
        ffn: 6144,
        vocabulary: 151936,
        context: 40960,
        expertFfn: 768,
        experts: 128,
      },
      {
        ...keyLengths(128),
        expert_count: 128,
        expert_used_count: 8,
        expert_feed_forward_length: 768,
      },
      (b, p) => [...norms(b, p), ...attention(b, p), ...headNorms(b, p), ...experts(b, p)],
    ),
    model(
      'deepseek-v3',
      'deepseek2',
      {
        layers: 61,
        width: 7168,
        heads: 128,
        kvHeads: 1,
        ffn: 18432,
        vocabulary: 129280,
        context: 163840,
        expertFfn: 2048,
        experts: 256,
        sharedFfn: 2048,
      },
      {
        'attention.key_length': 576,
        'attention.value_length': 512,
        'attention.key_length_mla': 192,
        'attention.value_length_mla': 128,
        'attention.q_lora_rank': 1536,
        'attention.kv_lora_rank': 512,
        'rope.dimension_count': 64,
        leading_dense_block_count: 3,
        expert_count: 256,
        expert_used_count: 8,
        expert_shared_count: 1,
        expert_feed_forward_length: 2048,
        expert_weights_scale: { type: 'float32', value: 2.5 },
        expert_gating_func: 2,
        expert_group_count: 8,
        expert_group_used_count: 4,
      },
      (b, p, index) => [
        ...norms(b, p),
        matrix(`${b}.attn_q_a`, p.width, 1536),
        vector(`${b}.attn_q_a_norm`, 1536),
        matrix(`${b}.attn_q_b`, 1536, p.heads * 192),
        matrix(`${b}.attn_kv_a_mqa`, p.width, 576),
        vector(`${b}.attn_kv_a_norm`, 512),
        matrix(`${b}.attn_k_b`, 128, 512, p.heads),
        matrix(`${b}.attn_v_b`, 512, 128, p.heads),
        matrix(`${b}.attn_output`, p.heads * 128, p.width),
        ...(index < 3 ? feedForward(b, p) : [...experts(b, p), bias(`${b}.exp_probs_b`, 256), ...sharedExpert(b, p)]),
      ],
    ),
    model(
      'gpt-oss-20b',
      'gpt-oss',
      {
        layers: 24,
        width: 2880,
        heads: 64,
        kvHeads: 8,
        head: 64,
        ffn: 2880,
        vocabulary: 201088,
        context: 131072,
        expertFfn: 2880,
        experts: 32,
      },
      {
        ...keyLengths(64),
        'rope.dimension_count': 64,
        expert_count: 32,
        expert_used_count: 4,
        expert_feed_forward_length: 2880,
        'attention.sliding_window': 128,
      },
      (b, p) => [
        vector(`${b}.attn_norm`, p.width),
        vector(`${b}.post_attention_norm`, p.width),
        ...attention(b, p),
        ...attentionBias(b, p),
        bias(`${b}.attn_output`, p.width),
        vector(`${b}.attn_sinks`, p.heads),
        ...experts(b, p),
        bias(`${b}.ffn_gate_inp`, p.experts),
        bias(`${b}.ffn_gate_exps`, p.expertFfn, p.experts),
        bias(`${b}.ffn_up_exps`, p.expertFfn, p.experts),
        bias(`${b}.ffn_down_exps`, p.width, p.experts),
      ],
    ),
    model(
      'deepseek-v2-lite',
      'deepseek2',
      {
        layers: 27,
        width: 2048,
        heads: 16,
        kvHeads: 1,
        ffn: 10944,
        vocabulary: 102400,
        context: 163840,
        expertFfn: 1408,
        experts: 64,
        sharedFfn: 2816,
      },
      {
        'attention.key_length': 576,
        'attention.value_length': 512,
        'attention.key_length_mla': 192,
        'attention.value_length_mla': 128,
        'attention.kv_lora_rank': 512,
        'rope.dimension_count': 64,
        leading_dense_block_count: 1,
        expert_count: 64,
        expert_used_count: 6,
        expert_shared_count: 2,
        expert_feed_forward_length: 1408,
        expert_weights_scale: { type: 'float32', value: 1 },
      },
      (b, p, index) => [
        ...norms(b, p),
        matrix(`${b}.attn_q`, p.width, p.heads * 192),
        matrix(`${b}.attn_kv_a_mqa`, p.width, 576),
        vector(`${b}.attn_kv_a_norm`, 512),
        matrix(`${b}.attn_k_b`, 128, 512, p.heads),
        matrix(`${b}.attn_v_b`, 512, 128, p.heads),
        matrix(`${b}.attn_output`, p.heads * 128, p.width),
        ...(index < 1 ? feedForward(b, p) : [...experts(b, p), ...sharedExpert(b, p)]),
      ],
    ),
  ];
}

const mamba1 = (b, { width, inner, state, rank }) => [
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

function recurrent() {
  const jambaAttention = (index) => index % 8 === 4;
  const graniteAttention = (index) => index % 10 === 5;
  const lfmAttention = (index) => [2, 5, 8, 10, 12, 14].includes(index);
  const perLayer = (layers, isAttention, value) =>
    Array.from({ length: layers }, (_, index) => (isAttention(index) ? value : 0));
  return [
    model(
      'mamba-2.8b',
      'mamba',
      {
        layers: 64,
        width: 2560,
        heads: 0,
        kvHeads: undefined,
        head: 0,
        ffn: 0,
        vocabulary: 50280,
        context: 1048576,
        tied: true,
        inner: 5120,
        state: 16,
        rank: 160,
      },
      { 'ssm.conv_kernel': 4, 'ssm.inner_size': 5120, 'ssm.state_size': 16, 'ssm.time_step_rank': 160 },
      (b, p) => [vector(`${b}.attn_norm`, p.width), ...mamba1(b, p)],
    ),
    model(
      'jamba-mini',
      'jamba',
      {
        layers: 32,
        width: 4096,
        heads: 32,
        kvHeads: perLayer(32, jambaAttention, 8),
        ffn: 14336,
        vocabulary: 65536,
        context: 262144,
        inner: 8192,
        state: 16,
        rank: 256,
        expertFfn: 14336,
        experts: 16,
      },
      {
        'ssm.conv_kernel': 4,
        'ssm.inner_size': 8192,
        'ssm.state_size': 16,
        'ssm.time_step_rank': 256,
        expert_count: 16,
        expert_used_count: 2,
      },
      (b, p, index) => [
        ...norms(b, p),
        ...(jambaAttention(index)
          ? attention(b, { ...p, kvHeads: 8 })
          : [
              ...mamba1(b, p),
              vector(`${b}.ssm_dt_norm`, p.rank),
              vector(`${b}.ssm_b_norm`, p.state),
              vector(`${b}.ssm_c_norm`, p.state),
            ]),
        ...(index % 2 === 1 ? experts(b, p) : feedForward(b, p)),
      ],
    ),
    model(
      'granite-4.0-h-small',
      'granitehybrid',
      {
        layers: 40,
        width: 4096,
        heads: 32,
        kvHeads: perLayer(40, graniteAttention, 8),
        ffn: 768,
        vocabulary: 100352,
        context: 131072,
        tied: true,
        expertFfn: 768,
        experts: 72,
        sharedFfn: 1536,
      },
      {
        'rope.dimension_count': 128,
        'rope.scaling.finetuned': false,
        'ssm.conv_kernel': 4,
        'ssm.inner_size': 8192,
        'ssm.state_size': 128,
        'ssm.time_step_rank': 128,
        'ssm.group_count': 1,
        expert_count: 72,
        expert_used_count: 10,
        expert_shared_feed_forward_length: 1536,
      },
      (b, p, index) => [
        ...norms(b, p),
        ...(graniteAttention(index)
          ? attention(b, { ...p, kvHeads: 8 })
          : [
              matrix(`${b}.ssm_in`, p.width, 2 * 8192 + 2 * 128 + 128),
              kept(`${b}.ssm_conv1d`, 4, 8192 + 2 * 128),
              bias(`${b}.ssm_conv1d`, 8192 + 2 * 128),
              bias(`${b}.ssm_dt`, 128),
              plain(`${b}.ssm_a`, 1, 128),
              plain(`${b}.ssm_d`, 1, 128),
              vector(`${b}.ssm_norm`, 8192),
              matrix(`${b}.ssm_out`, 8192, p.width),
            ]),
        ...experts(b, p),
        ...sharedExpert(b, p),
      ],
    ),
    model(
      'qwen3-next-80b-a3b',
      'qwen3next',
      {
        layers: 48,
        width: 2048,
        heads: 16,
        kvHeads: 2,
        head: 256,
        ffn: 5120,
        vocabulary: 151936,
        context: 262144,
        expertFfn: 512,
        experts: 512,
        sharedFfn: 512,
      },
      {
        ...keyLengths(256),
        'rope.dimension_count': 64,
        'ssm.conv_kernel': 4,
        'ssm.inner_size': 4096,
        'ssm.state_size': 128,
        'ssm.time_step_rank': 32,
        'ssm.group_count': 16,
        expert_count: 512,
        expert_used_count: 10,
        expert_feed_forward_length: 512,
        expert_shared_feed_forward_length: 512,
      },
      (b, p, index) => [
        vector(`${b}.attn_norm`, p.width),
        vector(`${b}.post_attention_norm`, p.width),
        ...(index % 4 === 3
          ? [
              matrix(`${b}.attn_q`, p.width, 2 * p.heads * p.head),
              matrix(`${b}.attn_k`, p.width, p.kvHeads * p.head),
              matrix(`${b}.attn_v`, p.width, p.kvHeads * p.head),
              matrix(`${b}.attn_output`, p.heads * p.head, p.width),
              ...headNorms(b, p),
            ]
          : [
              matrix(`${b}.attn_qkv`, p.width, 8192),
              matrix(`${b}.attn_gate`, p.width, 4096),
              kept(`${b}.ssm_conv1d`, 4, 8192),
              bias(`${b}.ssm_dt`, 32),
              plain(`${b}.ssm_a`, 32),
              matrix(`${b}.ssm_ba`, p.width, 64),
              vector(`${b}.ssm_norm`, 128),
              matrix(`${b}.ssm_out`, 4096, p.width),
            ]),
        ...experts(b, p),
        vector(`${b}.ffn_gate_inp_shexp`, p.width),
        ...sharedExpert(b, p),
      ],
    ),
    (() => {
      const lfm = model(
        'lfm2-1.2b',
        'lfm2',
        {
          layers: 16,
          width: 2048,
          heads: 32,
          kvHeads: perLayer(16, lfmAttention, 8),
          ffn: 8192,
          vocabulary: 65536,
          context: 128000,
          tied: true,
        },
        { 'shortconv.l_cache': 3 },
        (b, p, index) => [
          ...norms(b, p),
          ...feedForward(b, p),
          ...(lfmAttention(index)
            ? [...attention(b, { ...p, kvHeads: 8 }), ...headNorms(b, p)]
            : [
                kept(`${b}.shortconv.conv`, 3, p.width),
                matrix(`${b}.shortconv.in_proj`, p.width, 3 * p.width),
                matrix(`${b}.shortconv.out_proj`, p.width, p.width),
              ]),
        ],
      );
      // Its final norm lies where other models keep the norm of the embeddings.
      const tensors = lfm.tensors.map((t) =>
        t.name === 'output_norm.weight' ? { ...t, name: 'token_embd_norm.weight' } : t,
      );
      return { ...lfm, tensors };
    })(),
  ];
}

function encoders() {
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

/** All models, small ones first within a family. @type {readonly ZooModel[]} */
export const MODEL_ZOO = [...llamaFamily(), ...mixtures(), ...recurrent(), ...encoders()];

/** A model of the zoo at F16: what a GGUF writer needs. */
export function zooSpec({ metadata: entries, tensors }) {
  return {
    metadata: entries,
    tensors: tensors.map(({ name, shape, fixed }) => ({ name, shape, type: fixed ? 'F32' : 'F16' })),
  };
}
