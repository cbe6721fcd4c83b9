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

/** The feed-forward network of a layer: its experts where it has any, and the one that all tokens share. */
export function network(builder: Builder, x: Tensor, index: number, routing: Routing): Tensor {
  if (!hasExperts(builder, index)) return dense(builder, x, index);
  const made = expertNetwork(builder, x, index, routing);
  const shared = sharedExpert(builder, x, index);
  return shared === null ? made : add(made, shared);
}
