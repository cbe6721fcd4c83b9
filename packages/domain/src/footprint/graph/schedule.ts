import type { ComputeGraph } from './compute-graph.js';
import type { Schedule } from './lay-out.js';
import { isViewOnly, Tensor } from './tensor.js';

/** What decides where an operation runs, beside where its weights lie. */
export interface Machine {
  /** Devices; their number is the host's place. */
  readonly devices: number;
  /** Whether devices can compute it. */
  readonly supports: (tensor: Tensor) => boolean;
  /** Batches in flight, of each of which inputs are kept. */
  readonly batches: number;
}

/** The order in which a device computes what is left to it at once. */
export type Reorder = (nodes: readonly Tensor[]) => Reordered;

/** Nodes in a device's order, and what must not be given back before one of them is computed. */
export interface Reordered {
  readonly nodes: readonly Tensor[];
  readonly keep: ReadonlyMap<Tensor, readonly Tensor[]>;
}

/** Runs of operations, each in one place, in their order, and what is there from the start. */
export interface Splits {
  readonly leaves: readonly Tensor[];
  readonly runs: readonly Split[];
  readonly host: number;
}

/** Rows from which on a device computes with a matrix of the host. Source: ggml `GGML_OP_OFFLOAD_MIN_BATCH`. */
const OFFLOADED_ROWS = 32;

/**
 * Says where each operation runs, and adds copies of what lies elsewhere.
 * Source: llama.cpp v0.5.0 `ggml/src/ggml-backend.cpp`, `ggml_backend_sched_split_graph`.
 */
export function divide({ leaves, nodes }: ComputeGraph, machine: Machine): Splits {
  const { devices: host, batches } = machine;
  if (host === 0) {
    for (const tensor of leaves) tensor.place = 0;
    for (const tensor of nodes) tensor.place = 0;
    return { leaves, runs: [{ place: 0, nodes, inputs: [] }], host };
  }
  for (const tensor of leaves) if (tensor.place < 0) tensor.place = ownPlace(tensor, machine);
  for (const tensor of nodes) if (tensor.place < 0) tensor.place = ownPlace(tensor, machine);
  expand(nodes, machine);
  settle(nodes, machine);
  if (batches === 1) return { leaves, runs: split(nodes), host };
  // Of what splitting replaces by copies.
  const read = new Set(nodes.filter((node) => !isViewOnly(node)).flatMap(({ sources }) => sources));
  const runs = split(nodes);
  const inputs = leaves.filter((leaf) => leaf.isInput && read.has(leaf));
  const copies = runs.flatMap((run) => run.inputs.map(({ copy }) => copy));
  const kept = [...inputs, ...copies].flatMap((tensor) => inFlight(tensor, batches));
  return { leaves: [...kept, ...leaves], runs, host };
}

/** What is computed, in the order in which devices do; and where what is read elsewhere is copied. */
export function inOrder({ leaves, runs, host }: Splits, reorder: Reorder): Schedule {
  const nodes: Tensor[] = [];
  for (const { place, nodes: found, inputs } of runs) {
    for (const { original, copy } of inputs) nodes.push(until(original, original.place), copy);
    if (place === host) nodes.push(...found);
    else {
      const { nodes: ordered, keep } = reorder(found);
      for (const node of ordered) {
        nodes.push(node);
        for (const needed of keep.get(node) ?? []) nodes.push(until(needed, place));
      }
    }
  }
  return { leaves, nodes };
}

/** Keeps a tensor until here. */
function until(needed: Tensor, place: number): Tensor {
  const mark = new Tensor('none', needed.type, needed.shape, { sources: [needed], within: needed });
  mark.place = place;
  return mark;
}

/** A tensor that is kept, and one like it for each further batch in flight. */
function inFlight(tensor: Tensor, batches: number): readonly Tensor[] {
  const more = Array.from({ length: batches - 1 }, () => {
    const { type, shape, strides, bytes, place, perCell, copyOf } = tensor;
    const other = new Tensor('none', type, shape, { strides, bytes, perCell, copyOf });
    other.place = place;
    return other;
  });
  const all = [tensor, ...more];
  for (const each of all) each.isKept = true;
  return all;
}

/** Where a tensor belongs by itself: to its store, the host's inputs, or its weights. -1 if that is open. */
function ownPlace(tensor: Tensor, { devices, supports }: Machine): number {
  const { holder } = tensor;
  if (holder !== null) return holder.place;
  if (tensor.isInput) return devices;
  if (tensor.operation === 'rope' || tensor.operation === 'flash_attn') return -1;
  const weight = tensor.sources.find(({ store }) => store?.kind === 'weight')?.store;
  if (weight === undefined || weight === null) return -1;
  if (weight.place < devices) return supports(tensor) ? weight.place : -1;
  const isOffloaded = devices > 0 && offloadedRows(tensor) >= OFFLOADED_ROWS && supports(tensor);
  return isOffloaded ? 0 : devices;
}

/** Source: ggml `get_op_batch_size`, alike for CUDA, Metal and Vulkan. */
function offloadedRows(tensor: Tensor): number {
  if (tensor.operation === 'get_rows') return 0;
  if (tensor.operation === 'mul_mat') return tensor.shape[1];
  return tensor.operation === 'mul_mat_id' || tensor.operation === 'rope' ? tensor.shape[2] : tensor.rows;
}

/** Operations without a place go where their neighbours are: devices first, downwards and then upwards. */
function expand(nodes: readonly Tensor[], { devices, supports }: Machine): void {
  const real = nodes.filter((node) => !isViewOnly(node));
  const backwards = real.toReversed();
  const pass = (order: readonly Tensor[], most: number): void => {
    let current = -1;
    for (const node of order) {
      if (node.place >= 0) current = node.place > most ? -1 : node.place;
      else if (current >= 0 && (current === devices || supports(node))) node.place = current;
    }
  };
  pass(real, devices - 1);
  pass(backwards, devices - 1);
  pass(real, devices);
  pass(backwards, devices);
}

const placeOf = (tensor: Tensor): number =>
  tensor.holder?.place ?? (tensor.place >= 0 || tensor.base === null ? tensor.place : tensor.base.place);

/** What is still open goes where most of its operands are; views go with what they are of. */
function settle(nodes: readonly Tensor[], { devices, supports }: Machine): void {
  for (const node of nodes) {
    if (isViewOnly(node) || node.place >= 0) continue;
    let best = -1;
    for (let place = 0; place <= devices; place += 1) {
      if (place < devices && !supports(node)) continue;
      const here = node.sources.filter((source) => placeOf(source) === place).length;
      if (here > best) [best, node.place] = [here, place];
    }
  }
  for (const node of nodes) {
    if (node.base !== null && node.place < 0) node.place = node.base.place;
    for (const source of node.sources) {
      if (source.place < 0) source.place = source.base === null ? node.place : source.base.place;
    }
    if (node.place < 0) node.place = supports(node) ? 0 : devices;
  }
}

/** Operations in one place, with copies of their operands that lie elsewhere. */
export interface Split {
  readonly place: number;
  readonly nodes: readonly Tensor[];
  readonly inputs: readonly { readonly original: Tensor; readonly copy: Tensor }[];
}

/** Runs of operations in one place, with copies of their operands that lie elsewhere. */
function split(nodes: readonly Tensor[]): readonly Split[] {
  const copies = new Map<Tensor, Tensor[]>();
  const splits: { place: number; nodes: Tensor[]; inputs: { original: Tensor; copy: Tensor }[] }[] = [];
  const first = nodes.find((node) => !isViewOnly(node));
  let current = { place: first?.place ?? 0, nodes: [] as Tensor[], inputs: [] as Split['inputs'][number][] };
  splits.push(current);
  for (const node of nodes) {
    if (isViewOnly(node)) {
      current.nodes.push(node);
      continue;
    }
    // Weights that were fetched for what came before can be given back when a new run begins.
    const fetchesAnew =
      current.inputs.length > 0 &&
      node.sources.some(({ store }) => store?.kind === 'weight' && store.place !== current.place);
    if (node.place !== current.place || fetchesAnew) {
      current = { place: node.place, nodes: [], inputs: [] };
      splits.push(current);
    }
    current.nodes.push(node);
    for (const [index, source] of node.sources.entries()) {
      if (placeOf(source) === current.place) continue;
      const known = copies.get(source) ?? [];
      copies.set(source, known);
      let copy = known[current.place];
      if (copy === undefined) {
        const { type, shape, strides, bytes, holder, perCell } = source;
        const copyOf = holder === null || holder.of === null ? null : holder;
        copy = new Tensor('none', type, shape, { strides, bytes, perCell, copyOf });
        copy.place = current.place;
        known[current.place] = copy;
        current.inputs.push({ original: source, copy });
      }
      node.sources[index] = copy;
    }
  }
  return splits;
}
