import type { MetadataValue } from '../../model/model-header.js';
import type { Entry, TransformerShape } from '../../model/__fixtures__/transformer-header.js';

const EXPERTS = { count: 16, used: 4, ffn: 288 } as const;
/** Compressed values, the length of a head without and of its part with rotation, and compressed queries. */
const [RANK, HEAD, TURNED, NARROW] = [256, 64, 32, 192];
const WHOLE = HEAD + TURNED;

const usual = {
  ...{ architecture: 'deepseek2', layers: 6, width: 384, heads: 6, kvHeads: 1, headLength: WHOLE, ffn: 1152 },
  ...{ vocabulary: 32_000, context: 131_072, experts: EXPERTS },
} as const;

const metadata = (more: Readonly<Record<string, MetadataValue>>): Readonly<Record<string, MetadataValue>> =>
  Object.fromEntries(
    Object.entries({
      'attention.kv_lora_rank': RANK,
      'rope.dimension_count': TURNED,
      leading_dense_block_count: 1,
      expert_shared_count: 2,
      ...more,
    }).map(([key, value]) => [`deepseek2.${key}`, value]),
  );

const COMPRESSED = {
  'attention.key_length': RANK + TURNED,
  'attention.value_length': RANK,
  'attention.key_length_mla': WHOLE,
  'attention.value_length_mla': HEAD,
} as const;
const BY_GROUPS = {
  'attention.q_lora_rank': NARROW,
  expert_gating_func: 2,
  expert_weights_norm: true,
  expert_weights_scale: 2.5,
  expert_group_count: 4,
  expert_group_used_count: 2,
} as const;

const block =
  ({ queries, unpacks }: { readonly queries: 'wide' | 'narrow'; readonly unpacks: readonly Entry[] }) =>
  ({ width, heads, ffn }: TransformerShape, layer: number): readonly Entry[] => [
    ['attn_norm.weight', [width], false],
    ['ffn_norm.weight', [width], false],
    ...(queries === 'wide'
      ? ([['attn_q.weight', [width, heads * WHOLE], true]] as const)
      : ([
          ['attn_q_a.weight', [width, NARROW], true],
          ['attn_q_a_norm.weight', [NARROW], false],
          ['attn_q_b.weight', [NARROW, heads * WHOLE], true],
        ] as const)),
    ['attn_kv_a_mqa.weight', [width, RANK + TURNED], true],
    ['attn_kv_a_norm.weight', [RANK], false],
    ...unpacks,
    ['attn_output.weight', [heads * HEAD, width], true],
    ...(layer < 1 ? dense(width, ffn, '') : experts(width, queries === 'narrow')),
  ];

const dense = (width: number, ffn: number, kind: '' | '_shexp'): readonly Entry[] => [
  [`ffn_gate${kind}.weight`, [width, ffn], true],
  [`ffn_up${kind}.weight`, [width, ffn], true],
  [`ffn_down${kind}.weight`, [ffn, width], true],
];

const experts = (width: number, prefers: boolean): readonly Entry[] => [
  ['ffn_gate_inp.weight', [width, EXPERTS.count], false],
  ...(prefers ? ([['exp_probs_b.bias', [EXPERTS.count], false]] as const) : []),
  ['ffn_gate_exps.weight', [width, EXPERTS.ffn, EXPERTS.count], true],
  ['ffn_up_exps.weight', [width, EXPERTS.ffn, EXPERTS.count], true],
  ['ffn_down_exps.weight', [EXPERTS.ffn, width, EXPERTS.count], true],
  ...dense(width, 2 * EXPERTS.ffn, '_shexp'),
];

const PACKED: readonly Entry[] = [
  ['attn_k_b.weight', [HEAD, RANK, usual.heads], true],
  ['attn_v_b.weight', [RANK, HEAD, usual.heads], true],
];
const UNPACKED: readonly Entry[] = [['attn_kv_b.weight', [RANK, usual.heads * 2 * HEAD], true]];

/**
 * Small models that compress keys and values together (MLA): as DeepSeek V3, whose experts are in groups; as V2 Lite; and as
 * files of before 2025, whose keys and values are unpacked before they are cached.
 */
export const SMALL_LATENT_TRANSFORMERS = {
  deepseek2: {
    ...{ ...usual, metadata: metadata({ ...COMPRESSED, ...BY_GROUPS }) },
    block: block({ queries: 'narrow', unpacks: PACKED }),
  },
  // The engine knows the lite ones by their number of layers.
  deepseek2Lite: {
    ...{ ...usual, layers: 26, metadata: metadata(COMPRESSED) },
    block: block({ queries: 'wide', unpacks: PACKED }),
  },
  deepseek2Unpacked: {
    ...{ ...usual, kvHeads: usual.heads },
    metadata: metadata({
      'attention.key_length': WHOLE,
      'attention.value_length': HEAD,
      'attention.q_lora_rank': NARROW,
    }),
    block: block({ queries: 'narrow', unpacks: UNPACKED }),
  },
} as const satisfies Readonly<Record<string, TransformerShape>>;
