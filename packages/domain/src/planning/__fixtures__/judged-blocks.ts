import type { Entry, TransformerShape } from '../../model/__fixtures__/transformer-header.js';

const norms = ({ width }: TransformerShape): readonly Entry[] => [
  ['attn_norm.weight', [width], false],
  ['ffn_norm.weight', [width], false],
];

const feedForward = (width: number, ffn: number, suffix = ''): readonly Entry[] => [
  [`ffn_gate${suffix}.weight`, [width, ffn], true],
  [`ffn_up${suffix}.weight`, [width, ffn], true],
  [`ffn_down${suffix}.weight`, [ffn, width], true],
];

const mixture = ({ width, experts }: TransformerShape, sharedFfn: number): readonly Entry[] => {
  const { count, ffn } = experts ?? { count: 1, ffn: 1 };
  return [
    ['ffn_gate_inp.weight', [width, count], false],
    ['ffn_gate_exps.weight', [width, ffn, count], true],
    ['ffn_up_exps.weight', [width, ffn, count], true],
    ['ffn_down_exps.weight', [ffn, width, count], true],
    ...feedForward(width, sharedFfn, '_shexp'),
  ];
};

/** DeepSeek-V2-Lite: keys and values are kept as one latent vector; the first block is dense. */
export function latentBlock(shape: TransformerShape, layer: number): readonly Entry[] {
  const { width, heads, ffn } = shape;
  const [latent, rotated, plain, value] = [512, 64, 128, 128];
  return [
    ...norms(shape),
    ['attn_q.weight', [width, heads * (plain + rotated)], true],
    ['attn_kv_a_mqa.weight', [width, latent + rotated], true],
    ['attn_kv_a_norm.weight', [latent], false],
    ['attn_k_b.weight', [plain, latent, heads], true],
    ['attn_v_b.weight', [latent, value, heads], true],
    ['attn_output.weight', [heads * value, width], true],
    ...(layer === 0 ? feedForward(width, ffn) : mixture(shape, 2 * (shape.experts?.ffn ?? 0))),
  ];
}

/** Blocks of Granite 4.0 H Tiny that attend; the others keep a state. */
export const GRANITE_ATTENTION: readonly number[] = [5, 15, 25, 35];

/** Granite 4.0 H Tiny: mostly state-space blocks, a few with attention, experts behind each. */
export function hybridBlock(shape: TransformerShape, layer: number): readonly Entry[] {
  const { width, heads, kvHeads, headLength } = shape;
  const [inner, state, stateHeads] = [3072, 128, 48];
  const mixed = inner + 2 * state;
  const attention: readonly Entry[] = [
    ['attn_q.weight', [width, heads * headLength], true],
    ['attn_k.weight', [width, kvHeads * headLength], true],
    ['attn_v.weight', [width, kvHeads * headLength], true],
    ['attn_output.weight', [heads * headLength, width], true],
  ];
  const stateSpace: readonly Entry[] = [
    ['ssm_in.weight', [width, inner + mixed + stateHeads], true],
    ['ssm_conv1d.weight', [4, mixed], false],
    ['ssm_conv1d.bias', [mixed], false],
    ['ssm_dt.bias', [stateHeads], false],
    ['ssm_a', [1, stateHeads], false],
    ['ssm_d', [1, stateHeads], false],
    ['ssm_norm.weight', [inner, 1], false],
    ['ssm_out.weight', [inner, width], true],
  ];
  return [...norms(shape), ...(GRANITE_ATTENTION.includes(layer) ? attention : stateSpace), ...mixture(shape, 1024)];
}
