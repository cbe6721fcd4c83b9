import { RAM_ALIGNMENT } from '../scratch-memory.js';
import { Builder, MissingTensorError } from './builder.js';
import type { GraphBatch, GraphModel, GraphPlaces } from './graph-model.js';
import type { ComputeGraph } from './compute-graph.js';
import { hasGraph } from '../graph-architectures.js';
import { FAMILIES } from './families.js';
import { layOut } from './lay-out.js';
import { divide, inOrder } from './schedule.js';
import { representativeLayers } from './representative-layers.js';
import { CELLS, ScratchProgram } from './scratch-program.js';
import type { Machine, Reorder } from './schedule.js';
import type { Tensor } from './tensor.js';
import { vulkanOrder } from './vulkan-order.js';

const asBuilt: Reorder = (nodes) => ({ nodes, keep: new Map() });

interface Order {
  readonly reorder: Reorder;
  /** Of what the device holds, bytes. */
  readonly alignment: number;
}

const LOOKS_AHEAD: Order = { reorder: vulkanOrder, alignment: 16 };
/**
 * How devices compute: CUDA in the order of the graph, Vulkan looking ahead. Which a device does is not known here, so
 * the larger figure counts for hybrids and experts on the host where devices hold all layers; elsewhere Vulkan's order,
 * against which it could be held.
 */
const ORDERS: readonly Order[] = [{ reorder: asBuilt, alignment: 128 }, LOOKS_AHEAD];
/** Alignment of RAM that devices read. */
const SHARED_RAM_ALIGNMENT = 64;

/** A batch, but for what only decides how large some of its tensors are. */
export type GraphShape = Omit<GraphBatch, 'cells'>;

/**
 * How scratch memory is used: the graph of a batch is built, divided among devices and laid out as the engine does, for
 * what lies where decides whether freed memory has room for what comes next, and no formula tells that. One program for
 * each way in which devices compute; the larger figure counts. Empty when the file lacks what the graph is made of.
 */
export function scratchPrograms(
  model: GraphModel,
  shape: GraphShape,
  places: GraphPlaces,
  layers: readonly number[],
): readonly ScratchProgram[] {
  const { devices, holdsAll, expertLayersOnHost } = places;
  const graph = graphOf(model, { ...shape, cells: CELLS }, places, layers);
  if (graph === null) return [];
  const splits = divide(graph, machineOf(places));
  const isEither = holdsAll && (model.architecture.recurrent !== null || expertLayersOnHost > 0);
  const orders = devices === 0 ? [{ reorder: asBuilt, alignment: 0 }] : isEither ? ORDERS : [LOOKS_AHEAD];
  const host = devices === 0 ? RAM_ALIGNMENT : SHARED_RAM_ALIGNMENT;
  return orders.map(({ reorder, alignment }) => {
    const layout = layOut(inOrder(splits, reorder));
    return new ScratchProgram(layout, [...Array.from({ length: devices }, () => alignment), host]);
  });
}

/**
 * Whether the engine keeps flash attention where it may choose: it does when, of a batch with one token of each
 * sequence, every layer's attention is computed where the layer is. Null when the model's graph is not known.
 * Source: llama.cpp v0.5.0 `src/llama-context.cpp`, `resolve_fused_ops`.
 */
export function keepsFlash(model: GraphModel, shape: GraphShape, places: GraphPlaces): boolean | null {
  const { sequences } = shape;
  const { layers } = representativeLayers(model, places);
  const graph = graphOf(model, { ...shape, tokens: sequences, rows: sequences, cells: CELLS }, places, layers);
  if (graph === null) return null;
  divide(graph, machineOf(places));
  return graph.nodes.every(
    ({ operation, place, layer }) => operation !== 'flash_attn' || place === places.layer(layer),
  );
}

function graphOf(
  model: GraphModel,
  batch: GraphBatch,
  places: GraphPlaces,
  layers: readonly number[],
): ComputeGraph | null {
  const { name } = model.architecture;
  if (!hasGraph(name)) return null;
  const family = FAMILIES[name];
  const builder = new Builder(model, batch, places, layers);
  try {
    builder.logits(family(builder));
  } catch (error) {
    if (error instanceof MissingTensorError) return null;
    throw error;
  }
  return builder.graph;
}

/** Batches in flight where several devices hold the whole model. Source: ggml `GGML_SCHED_MAX_COPIES`. */
const COPIES = 4;

const machineOf = ({ devices, isPipelined }: GraphPlaces): Machine => ({
  devices,
  batches: isPipelined ? COPIES : 1,
  supports: isSupported,
});

/** Source: llama.cpp v0.5.0 `ggml/src/ggml-vulkan/ggml-vulkan.cpp`, `ggml_backend_vk_device_supports_op`. */
function isSupported({ operation, sources }: Tensor): boolean {
  if (operation === 'ssm_scan') {
    const [states, , , a] = sources;
    const [state = 0, head = 0] = states?.shape ?? [];
    return a?.shape[0] === 1 && (state === 128 || state === 256) && head % 16 === 0;
  }
  // A matrix for all streams of a cache, which each have a batch of their own.
  if (operation === 'mul_mat') return sources[0]?.shape[3] === sources[1]?.shape[3];
  if (operation === 'gated_delta_net') return [16, 32, 64, 128].includes(sources[2]?.shape[0] ?? 0);
  return true;
}
