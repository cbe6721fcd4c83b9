import {
  matrix,
  vector,
  bias,
  plain,
  kept,
  attention,
  headNorms,
  feedForward,
  experts,
  sharedExpert,
  model,
  norms,
  keyLengths,
  mamba1,
  mamba2,
  mamba2Metadata,
  layerNormEpsilon,
} from './blocks.mjs';

/** Blocks of Nemotron-H-8B: Mamba 2, feed-forward, attention. */
const NEMOTRON = 'M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-'.split('');

/** Recurrent models and hybrids. */
export function recurrentModels() {
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
      const shape = { inner: 5120, state: 128, groups: 1, ssmHeads: 80 };
      return model(
        'mamba2-2.7b',
        'mamba2',
        {
          layers: 64,
          width: 2560,
          heads: 0,
          kvHeads: undefined,
          head: 0,
          ffn: 0,
          vocabulary: 50288,
          context: 1048576,
          tied: true,
          ...shape,
        },
        mamba2Metadata(shape),
        (b, p) => [vector(`${b}.attn_norm`, p.width), ...mamba2(b, p)],
      );
    })(),
    (() => {
      const shape = { inner: 3072, state: 256, groups: 1, ssmHeads: 24 };
      return model(
        'falcon-h1-7b',
        'falcon-h1',
        {
          layers: 44,
          width: 3072,
          heads: 12,
          kvHeads: 2,
          head: 128,
          ffn: 12288,
          vocabulary: 130049,
          context: 262144,
          ...shape,
        },
        { ...keyLengths(128), ...mamba2Metadata(shape) },
        (b, p) => [
          vector(`${b}.attn_norm`, p.width),
          plain(`${b}.ffn_norm`, p.width),
          ...attention(b, p),
          ...feedForward(b, p),
          ...mamba2(b, p),
        ],
      );
    })(),
    (() => {
      const shape = { inner: 8192, state: 128, groups: 8, ssmHeads: 128 };
      return model(
        'nemotron-h-8b',
        'nemotron_h',
        {
          layers: NEMOTRON.length,
          width: 4096,
          heads: 32,
          kvHeads: NEMOTRON.map((kind) => (kind === '*' ? 8 : 0)),
          head: 128,
          ffn: NEMOTRON.map((kind) => (kind === '-' ? 21504 : 0)),
          vocabulary: 131072,
          context: 8192,
          ...shape,
        },
        { ...layerNormEpsilon, ...keyLengths(128), ...mamba2Metadata(shape) },
        (b, p, index) => [
          vector(`${b}.attn_norm`, p.width),
          ...(NEMOTRON[index] === 'M' ? mamba2(b, p) : []),
          ...(NEMOTRON[index] === '*' ? attention(b, { ...p, kvHeads: 8 }) : []),
          ...(NEMOTRON[index] === '-'
            ? [matrix(`${b}.ffn_up`, p.width, 21504), matrix(`${b}.ffn_down`, 21504, p.width)]
            : []),
        ],
      );
    })(),
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
