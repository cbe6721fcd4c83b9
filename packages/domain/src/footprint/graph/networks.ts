import type { Builder } from './builder.js';
import { expertNetwork, sharedExpert } from './experts.js';
import type { Routing } from './experts.js';
import { add } from './operations.js';
import type { Tensor } from './tensor.js';

const FFN = ['ffn_gate', 'ffn_up', 'ffn_down'] as const;

/** The dense network of a layer. */
export const dense = (builder: Builder, x: Tensor, index: number): Tensor =>
  builder.network(x, FFN.map((part) => `blk.${String(index)}.${part}`) as [string, string, string]);

/** Whether a layer has experts. */
export const hasExperts = (builder: Builder, index: number): boolean =>
  builder.find(`blk.${String(index)}.ffn_gate_inp.weight`) !== null;

/** Experts that each token has. */
export const usedExperts = (builder: Builder): number => builder.architecture.experts?.used ?? 0;

/** What most routers do. */
export const SOFTMAX = { gating: 'softmax', scales: false } as const;

/** Kinds of gating by their number in a file. Source: llama.cpp v0.5.0 `src/llama-hparams.h`, `llama_expert_gating_func_type`. */
const GATING = ['softmax', 'softmax', 'sigmoid', 'softmax-of-chosen'] as const;

/** What the file says about its router. */
export function declaredRouting(builder: Builder): Routing {
  const factor = builder.setting('expert_weights_scale');
  return {
    used: usedExperts(builder),
    gating: GATING[builder.setting('expert_gating_func')] ?? 'softmax',
    norms: builder.flag('expert_weights_norm'),
    scales: factor !== 0 && factor !== 1,
  };
}

/** The feed-forward network of a layer: its experts where it has any, and the one that all tokens share. */
export function network(builder: Builder, x: Tensor, index: number, routing: Routing): Tensor {
  if (!hasExperts(builder, index)) return dense(builder, x, index);
  const made = expertNetwork(builder, x, index, routing);
  const shared = sharedExpert(builder, x, index);
  return shared === null ? made : add(made, shared);
}
