import type { Builder } from './builder.js';
import {
  add,
  argsort,
  cont,
  getRows,
  glu,
  like,
  mul,
  mulMat,
  mulMatId,
  reshape,
  sumRows,
  unary,
  view,
} from './operations.js';
import type { Tensor } from './tensor.js';

/** How experts are chosen and weighted. */
export interface Routing {
  readonly used: number;
  /** Whether probabilities come from a soft maximum over all experts, or from each expert's own sigmoid. */
  readonly gating: 'softmax' | 'sigmoid';
  /** Whether the weights of the chosen experts are made to sum to 1. */
  readonly norms: boolean;
  /** Whether the weights are scaled in the end. */
  readonly scales: boolean;
  /** The experts' scores where something else than the input makes them. */
  readonly scores?: Tensor;
}

/**
 * A network of experts, of which each token has a few. Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_moe_ffn`.
 */
export function expertNetwork(
  builder: Builder,
  x: Tensor,
  index: number,
  { used, gating, norms, scales, scores }: Routing,
): Tensor {
  const { graph } = builder;
  const [width, tokens] = x.shape;
  const block = `blk.${String(index)}`;
  const logits = scores ?? builder.project(x, `${block}.ffn_gate_inp`);
  const count = logits.shape[0];
  const probabilities = gating === 'softmax' ? like('soft_max', logits) : unary(logits);
  const preference = builder.find(`${block}.exp_probs_b.bias`);
  const ranked = preference === null ? probabilities : add(probabilities, preference);
  const order = argsort(ranked);
  const ids = view(order, [used, tokens]);
  const rows = reshape(probabilities, 1, count, tokens);
  let weights = getRows(rows, ids);
  if (norms) {
    const flat = reshape(weights, used, tokens);
    weights = reshape(like('div', flat, like('clamp', sumRows(flat))), 1, used, tokens);
  }
  if (scales) weights = like('scale', weights);
  graph.expand(weights);

  const input = reshape(x, width, 1, tokens);
  const fused = builder.find(`${block}.ffn_gate_up_exps.weight`);
  let activated: Tensor;
  if (fused !== null) {
    const both = mulMatId(fused, input, ids);
    const half = [both.shape[0] / 2, used, tokens];
    activated = glu(view(both, half), view(both, half));
  } else {
    const values = mulMatId(builder.need(`${block}.ffn_up_exps.weight`), input, ids);
    const gates = builder.find(`${block}.ffn_gate_exps.weight`);
    activated = gates === null ? like('sqr', unary(values)) : glu(mulMatId(gates, input, ids), values);
  }
  const results = mul(mulMatId(builder.need(`${block}.ffn_down_exps.weight`), activated, ids), weights);
  graph.expand(results);
  const [resultWidth] = results.shape;
  const each = Array.from({ length: used }, () =>
    graph.expand(view(results, [resultWidth, tokens], [4, results.strides[2], 0, 0])),
  );
  const [first, ...more] = each as [Tensor, ...Tensor[]];
  const sum = more.reduce((total, result) => graph.expand(add(total, result)), first);
  return used === 1 ? cont(sum) : sum;
}

/** The expert that every token has, weighted by a gate of its own where there is one. */
export function sharedExpert(builder: Builder, x: Tensor, index: number): Tensor | null {
  const block = `blk.${String(index)}`;
  if (builder.find(`${block}.ffn_up_shexp.weight`) === null) return null;
  const result = builder.network(x, [`${block}.ffn_gate_shexp`, `${block}.ffn_up_shexp`, `${block}.ffn_down_shexp`]);
  const gate = builder.find(`${block}.ffn_gate_inp_shexp.weight`);
  return gate === null ? result : mul(result, unary(mulMat(gate, x)));
}
