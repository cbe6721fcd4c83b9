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
  repeat,
  reshape,
  setRows,
  sumRows,
  unary,
  view,
} from './operations.js';
import type { Tensor } from './tensor.js';

/** How experts are chosen and weighted. */
export interface Routing {
  readonly used: number;
  /** Whether weights come from a soft maximum over all experts, from each expert's own sigmoid, or from a soft maximum over the chosen ones. */
  readonly gating: 'softmax' | 'sigmoid' | 'softmax-of-chosen';
  /** Whether the weights of the chosen experts are made to sum to 1. */
  readonly norms: boolean;
  /** Whether the weights are scaled in the end. */
  readonly scales: boolean;
  /** Whether what the experts read is weighted, not what they make; they are chosen by their plain scores then. */
  readonly weighsInput?: boolean;
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
  { used, gating, norms, scales, scores, weighsInput = false }: Routing,
): Tensor {
  const { graph } = builder;
  const [width, tokens] = x.shape;
  const block = `blk.${String(index)}`;
  const logits = scores ?? builder.project(x, `${block}.ffn_gate_inp`);
  const count = logits.shape[0];
  const probabilities = gating === 'softmax' ? like('soft_max', logits) : gating === 'sigmoid' ? unary(logits) : logits;
  const preference = builder.find(`${block}.exp_probs_b.bias`);
  const ranked = preference === null ? probabilities : add(probabilities, preference);
  const order = argsort(ofBestGroups(builder, weighsInput ? logits : ranked));
  const ids = view(order, [used, tokens]);
  const rows = reshape(probabilities, 1, count, tokens);
  let weights = getRows(rows, ids);
  if (gating === 'softmax-of-chosen') {
    weights = reshape(like('soft_max', reshape(weights, used, tokens)), 1, used, tokens);
  }
  if (norms) {
    const flat = reshape(weights, used, tokens);
    weights = reshape(like('div', flat, like('clamp', sumRows(flat))), 1, used, tokens);
  }
  if (scales) weights = like('scale', weights);
  graph.expand(weights);

  const each = reshape(x, width, 1, tokens);
  const input = weighsInput ? mul(repeat(each, width, used, tokens), weights) : each;
  const fused = builder.find(`${block}.ffn_gate_up_exps.weight`);
  let activated: Tensor;
  if (fused !== null) {
    const both = mulMatId(fused, input, ids);
    const half = [both.shape[0] / 2, used, tokens];
    activated = glu(view(both, half), view(both, half));
  } else {
    const values = project(builder, `${block}.ffn_up_exps`, input, ids);
    const hasGates = builder.find(`${block}.ffn_gate_exps.weight`) !== null;
    activated = hasGates
      ? glu(project(builder, `${block}.ffn_gate_exps`, input, ids), values)
      : like('sqr', unary(values));
  }
  const made = project(builder, `${block}.ffn_down_exps`, activated, ids);
  const results = weighsInput ? made : mul(made, weights);
  graph.expand(results);
  const [resultWidth] = results.shape;
  const parts = Array.from({ length: used }, () =>
    graph.expand(view(results, [resultWidth, tokens], [4, results.strides[2], 0, 0])),
  );
  const [first, ...more] = parts as [Tensor, ...Tensor[]];
  const sum = more.reduce((total, result) => graph.expand(add(total, result)), first);
  return used === 1 ? cont(sum) : sum;
}

/** Experts in groups: those outside of the best groups cannot be chosen. */
function ofBestGroups(builder: Builder, ranked: Tensor): Tensor {
  const groups = builder.setting('expert_group_count');
  if (groups < 2) return ranked;
  const [count, tokens] = ranked.shape;
  const each = count / groups;
  const grouped = reshape(ranked, each, groups, tokens);
  const best = view(argsort(grouped), [2, groups, tokens]);
  const scores = getRows(reshape(grouped, 1, each, groups, tokens), best);
  const sums = reshape(sumRows(reshape(scores, 2, groups, tokens)), groups, tokens);
  const chosen = view(argsort(sums), [builder.setting('expert_group_used_count'), tokens]);
  const kept = setRows(like('fill', grouped), getRows(grouped, chosen), chosen);
  return reshape(kept, count, tokens);
}

/** Times the matrices of the chosen experts, and their scales and biases if there are any. */
function project(builder: Builder, name: string, x: Tensor, ids: Tensor): Tensor {
  const scales = builder.find(`${name}.scale`);
  const plain = mulMatId(builder.need(`${name}.weight`), x, ids);
  const made = scales === null ? plain : mul(plain, getRows(perToken(scales, x.shape[2]), ids));
  const bias = builder.find(`${name}.bias`);
  return bias === null ? made : like('add_id', made, bias, ids);
}

/** One number of each expert, for each token again. */
const perToken = (scales: Tensor, tokens: number): Tensor =>
  repeat(reshape(scales, 1, scales.shape[0], 1), 1, scales.shape[0], tokens);

/** The expert that every token has, weighted by a gate of its own where there is one. */
export function sharedExpert(builder: Builder, x: Tensor, index: number): Tensor | null {
  const block = `blk.${String(index)}`;
  if (builder.find(`${block}.ffn_up_shexp.weight`) === null) return null;
  const result = builder.network(x, [`${block}.ffn_gate_shexp`, `${block}.ffn_up_shexp`, `${block}.ffn_down_shexp`]);
  const gate = builder.find(`${block}.ffn_gate_inp_shexp.weight`);
  if (gate === null) return result;
  const score = mulMat(gate, x);
  // Qwen 2 makes its sigmoid of another function.
  const part = builder.architecture.name === 'qwen2moe' ? like('div', unary(score), score) : unary(score);
  return mul(result, part);
}
