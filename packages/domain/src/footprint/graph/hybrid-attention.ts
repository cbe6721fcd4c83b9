import { attend, attentionInputs, projections } from './attention.js';
import type { AttentionInputs } from './attention.js';
import type { Builder } from './builder.js';
import { cont, input, like, mul, reshape, unary, view } from './operations.js';
import { stateInputs } from './states.js';
import type { StateInputs } from './states.js';
import type { Tensor } from './tensor.js';

/** What the layers of a hybrid read. */
export interface HybridInputs {
  readonly states: StateInputs;
  readonly attention: AttentionInputs;
  readonly positions: Tensor | null;
  /** Tokens with logits. */
  readonly outputs: Tensor;
}

/** `positionsPerToken` is 0 where nothing is rotated. */
export function hybridInputs(builder: Builder, positionsPerToken: number): HybridInputs {
  const { tokens, rows } = builder.batch;
  return {
    states: stateInputs(builder),
    attention: attentionInputs(builder),
    positions: positionsPerToken === 0 ? null : input('i32', tokens * positionsPerToken),
    outputs: input('i32', rows),
  };
}

/** Attention whose result is gated by the second half of what makes queries. */
export function gatedAttention(builder: Builder, inputs: HybridInputs, x: Tensor, index: number): Tensor {
  const { heads, kvHeads, keyLength } = builder.layer(index);
  const { tokens } = builder.batch;
  const block = `blk.${String(index)}`;
  const made = projections(builder, x, index, 2);
  const whole =
    builder.architecture.name === 'qwen3next' ? reshape(made.queries, 2 * keyLength, heads, tokens) : made.queries;
  const half = (): Tensor =>
    view(whole, [keyLength, heads, tokens], [4, 8 * keyLength, 8 * keyLength * heads, 8 * keyLength * heads * tokens]);
  const rotate = (part: Tensor): Tensor => like('rope', part, ...(inputs.positions === null ? [] : [inputs.positions]));
  const parts = {
    queries: rotate(builder.norm(half(), `${block}.attn_q_norm`)),
    keys: rotate(builder.norm(reshape(made.keys, keyLength, kvHeads, tokens), `${block}.attn_k_norm`)),
    values: reshape(made.values, keyLength, kvHeads, tokens),
  };
  const attended = attend(builder, inputs.attention, parts, index);
  const gated = mul(attended, unary(cont(half(), keyLength * heads, tokens)));
  return builder.project(gated, `${block}.attn_output`);
}
