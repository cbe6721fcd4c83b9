import type { Tensor } from './tensor.js';

/** What is computed, in the order in which it is. Source: llama.cpp v0.5.0 `ggml/src/ggml.c`, `ggml_visit_parents_graph`. */
export class ComputeGraph {
  readonly nodes: Tensor[] = [];
  /** Inputs, weights and caches. */
  readonly leaves: Tensor[] = [];

  /** Adds a tensor behind everything that it is computed from. */
  expand(tensor: Tensor): Tensor {
    if (tensor.isVisited) return tensor;
    tensor.isVisited = true;
    for (const source of tensor.sources) this.expand(source);
    if (tensor.operation === 'none') this.leaves.push(tensor);
    else this.nodes.push(tensor);
    return tensor;
  }
}
