import { areSameLayout } from './tensor.js';
import type { Operation, Tensor } from './tensor.js';

/** Operations whose result may take the place of an operand. Source: ggml `src/ggml-alloc.c`, `ggml_op_can_inplace`. */
const IN_PLACE: ReadonlySet<Operation> = new Set<Operation>([
  'add',
  'add_id',
  'clamp',
  'div',
  'fill',
  'mul',
  'rms_norm',
  'rope',
  'scale',
  'soft_max',
  'sqr',
  'unary',
]);

/** What is laid out, in its order. */
export interface Schedule {
  readonly leaves: readonly Tensor[];
  readonly nodes: readonly Tensor[];
}

/** What takes memory and gives it back, in which order: how much each takes does not change that. */
export interface Layout {
  /** Tensors with memory of their own; others lie in the place of one of these. */
  readonly slots: readonly Tensor[];
  /** A slot's number when it is taken, its complement (`~`) when it is given back. */
  readonly steps: readonly number[];
}

/** Source: llama.cpp v0.5.0 `ggml/src/ggml-alloc.c`, `ggml_gallocr_alloc_graph_impl`. */
export function layOut({ leaves, nodes }: Schedule): Layout {
  const slots: Tensor[] = [];
  const steps: number[] = [];
  const take = (tensor: Tensor, place: number): void => {
    if (tensor.store !== null || tensor.base !== null || tensor.slot >= 0) return;
    tensor.ownsSlot = true;
    const operand = IN_PLACE.has(tensor.operation)
      ? tensor.sources.find((source) => canReplace(tensor, source))
      : undefined;
    if (operand === undefined) {
      tensor.place = place;
      tensor.slot = slots.push(tensor) - 1;
      steps.push(tensor.slot);
    } else {
      tensor.place = operand.place;
      tensor.slot = operand.slot;
      operand.ownsSlot = false;
    }
  };
  const give = (tensor: Tensor): void => {
    if (!tensor.ownsSlot || tensor.isKept) return;
    tensor.ownsSlot = false;
    steps.push(~tensor.slot);
  };
  for (const leaf of leaves) prepare(leaf);
  for (const node of nodes) prepare(node);
  for (const leaf of leaves) take(leaf, leaf.place);
  for (const node of nodes) {
    if (node.base !== null && node.operation !== 'none') node.base.views += 1;
    for (const source of node.sources) source.readers += 1;
  }
  for (const node of nodes) {
    for (const source of node.sources) take(source, node.place);
    take(node, node.place);
    for (const source of node.sources) {
      source.readers -= 1;
      if (source.readers > 0 || source.views > 0) continue;
      const { base } = source;
      if (base !== null) base.views -= 1;
      if (base === null) give(source);
      else if (base.views === 0 && base.readers === 0) give(base);
    }
  }
  return { slots, steps };
}

/** Forgets what another layout noted down. */
function prepare(tensor: Tensor): void {
  tensor.readers = 0;
  tensor.views = 0;
  tensor.slot = -1;
  tensor.ownsSlot = false;
}

const canReplace = (tensor: Tensor, source: Tensor): boolean =>
  source.ownsSlot && !source.isKept && source.readers === 1 && source.views === 0 && areSameLayout(tensor, source);
