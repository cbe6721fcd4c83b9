import type { MetadataValue } from '../../model/model-header.js';
import type { Entry, TransformerShape } from '../../model/__fixtures__/transformer-header.js';

export const usual = {
  ...{ layers: 6, width: 384, heads: 6, kvHeads: 2, headLength: 64, ffn: 1152 },
  ...{ vocabulary: 32_000, context: 131_072 },
} as const;
/** Experts that are as wide as the network is said to be. */
export const mixture = { ...usual, ffn: 288, experts: { count: 16, used: 4, ffn: 288 } } as const;

export const keys = (
  architecture: string,
  values: Readonly<Record<string, MetadataValue>>,
): Readonly<Record<string, MetadataValue>> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${architecture}.${key}`, value]));

export const matrix = (name: string, ...shape: readonly number[]): Entry => [`${name}.weight`, shape, true];
export const vector = (name: string, length: number): Entry => [`${name}.weight`, [length], false];

export const attention = ({ width, heads, kvHeads, headLength }: TransformerShape): readonly Entry[] => [
  matrix('attn_q', width, heads * headLength),
  matrix('attn_k', width, kvHeads * headLength),
  matrix('attn_v', width, kvHeads * headLength),
  matrix('attn_output', heads * headLength, width),
];
export const network = (width: number, ffn: number, kind = ''): readonly Entry[] => [
  matrix(`ffn_gate${kind}`, width, ffn),
  matrix(`ffn_up${kind}`, width, ffn),
  matrix(`ffn_down${kind}`, ffn, width),
];
export const experts = ({ width, ffn, experts: { count } = mixture.experts }: TransformerShape): readonly Entry[] => [
  ['ffn_gate_inp.weight', [width, count], false],
  ['ffn_gate_exps.weight', [width, ffn, count], true],
  ['ffn_up_exps.weight', [width, ffn, count], true],
  ['ffn_down_exps.weight', [ffn, width, count], true],
];
export const norms = ({ width }: TransformerShape): readonly Entry[] => [
  vector('attn_norm', width),
  vector('ffn_norm', width),
];
export const postNorms = ({ width }: TransformerShape): readonly Entry[] => [
  vector('post_attention_norm', width),
  vector('post_ffw_norm', width),
];
/** Of the queries of all heads together, and of the keys. */
export const wholeNorms = ({ heads, kvHeads, headLength }: TransformerShape): readonly Entry[] => [
  vector('attn_q_norm', heads * headLength),
  vector('attn_k_norm', kvHeads * headLength),
];

export const vectorOf = (name: string, ...shape: readonly number[]): Entry => [name, shape, false];
export const headNorms = ({ headLength }: TransformerShape): readonly Entry[] => [
  vector('attn_q_norm', headLength),
  vector('attn_k_norm', headLength),
];
export const attentionBias = ({ heads, kvHeads, headLength }: TransformerShape): readonly Entry[] => [
  vectorOf('attn_q.bias', heads * headLength),
  vectorOf('attn_k.bias', kvHeads * headLength),
  vectorOf('attn_v.bias', kvHeads * headLength),
];
