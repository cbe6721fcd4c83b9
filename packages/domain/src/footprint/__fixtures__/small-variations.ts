import type { MetadataValue } from '../../model/model-header.js';
import type { Entry, TransformerShape } from '../../model/__fixtures__/transformer-header.js';

const usual = {
  ...{ layers: 6, width: 384, heads: 6, kvHeads: 2, headLength: 64, ffn: 1152 },
  ...{ vocabulary: 32_000, context: 131_072 },
} as const;
/** Experts that are as wide as the network is said to be. */
const mixture = { ...usual, ffn: 288, experts: { count: 16, used: 4, ffn: 288 } } as const;

const keys = (
  architecture: string,
  values: Readonly<Record<string, MetadataValue>>,
): Readonly<Record<string, MetadataValue>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${architecture}.${key}`, value]));

const SCALES = { 'attention.scale': 0.0078125, embedding_scale: 12, residual_scale: 0.22, logit_scale: 16 } as const;

const matrix = (name: string, ...shape: readonly number[]): Entry => [`${name}.weight`, shape, true];
const vector = (name: string, length: number): Entry => [`${name}.weight`, [length], false];

const attention = ({ width, heads, kvHeads, headLength }: TransformerShape): readonly Entry[] => [
  matrix('attn_q', width, heads * headLength),
  matrix('attn_k', width, kvHeads * headLength),
  matrix('attn_v', width, kvHeads * headLength),
  matrix('attn_output', heads * headLength, width),
];
const network = (width: number, ffn: number, kind = ''): readonly Entry[] => [
  matrix(`ffn_gate${kind}`, width, ffn),
  matrix(`ffn_up${kind}`, width, ffn),
  matrix(`ffn_down${kind}`, ffn, width),
];
const experts = ({ width, ffn, experts: { count } = mixture.experts }: TransformerShape): readonly Entry[] => [
  ['ffn_gate_inp.weight', [width, count], false],
  ['ffn_gate_exps.weight', [width, ffn, count], true],
  ['ffn_up_exps.weight', [width, ffn, count], true],
  ['ffn_down_exps.weight', [ffn, width, count], true],
];
const norms = ({ width }: TransformerShape): readonly Entry[] => [
  vector('attn_norm', width),
  vector('ffn_norm', width),
];
const postNorms = ({ width }: TransformerShape): readonly Entry[] => [
  vector('post_attention_norm', width),
  vector('post_ffw_norm', width),
];
/** Of the queries of all heads together, and of the keys. */
const wholeNorms = ({ heads, kvHeads, headLength }: TransformerShape): readonly Entry[] => [
  vector('attn_q_norm', heads * headLength),
  vector('attn_k_norm', kvHeads * headLength),
];

const olmo = (shape: TransformerShape): readonly Entry[] => [
  ...attention(shape),
  ...wholeNorms(shape),
  ...network(shape.width, shape.ffn),
  ...postNorms(shape),
];

/** Small models of families that vary others. */
export const SMALL_VARIATIONS = {
  granite: { ...usual, architecture: 'granite', tied: true, metadata: keys('granite', SCALES) },
  granitemoe: {
    ...{ ...mixture, architecture: 'granitemoe' },
    metadata: keys('granitemoe', { ...SCALES, expert_shared_feed_forward_length: 576 }),
    block: (shape: TransformerShape) => [
      ...norms(shape),
      ...attention(shape),
      ...experts(shape),
      ...network(shape.width, 576, '_shexp'),
    ],
  },
  smollm3: { ...usual, architecture: 'smollm3', tied: true },
  olmoe: {
    ...{ ...mixture, architecture: 'olmoe', kvHeads: usual.heads },
    block: (shape: TransformerShape) => [...norms(shape), ...attention(shape), ...wholeNorms(shape), ...experts(shape)],
  },
  olmo2: { ...usual, architecture: 'olmo2', kvHeads: usual.heads, block: olmo },
  olmo3: {
    ...{ ...usual, architecture: 'olmo2', kvHeads: usual.heads, block: olmo },
    metadata: keys('olmo2', { 'attention.sliding_window': 512 }),
  },
} as const satisfies Readonly<Record<string, TransformerShape>>;
