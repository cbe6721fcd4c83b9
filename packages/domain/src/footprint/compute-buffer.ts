import type { CacheCells } from './cache-table.js';
import type { ComputeDimensions } from './compute-dimensions.js';

/**
 * Scratch memory of the compute graph. The engine lays the graph of one full batch out once; its buffer is as large as
 * the moment at which most is alive. There are three such moments, and the largest counts: the attention scores (only
 * without flash attention), the feed-forward network or a recurrent layer in its place, and the logits. Every term is in 32-bit values per token of the
 * batch. Derived from llama.cpp v0.5.0 `src/llama-graph.cpp` and `ggml/src/ggml-alloc.c`; constants by asking the
 * engine, whose own allocation can be a few per cent larger where freed blocks do not fit again.
 */
interface Inputs {
  /** Masks of all caches. */
  readonly mask: number;
  /** Positions in the transposed value cache, which flash attention does not need. */
  readonly valueIndices: number;
}

function inputs(dims: ComputeDimensions, cells: CacheCells, flash: boolean): Inputs {
  const caches = (cells.full > 0 ? 1 : 0) + (cells.window > 0 ? 1 : 0);
  return {
    mask: (cells.full + cells.window) * (flash ? 0.5 : 1) + cells.rotation / cells.batchTokens,
    valueIndices: flash ? 0 : 2 * dims.values * caches,
  };
}

const bytes = (values: number, tokens: number): number => Math.ceil(4 * values * tokens);

/** Bytes on the host when it computes everything. */
export function hostComputeBytes(dims: ComputeDimensions, cells: CacheCells, flash: boolean): number {
  const { width, query, heads } = dims;
  const tokens = cells.batchTokens;
  if (dims.family === 'encoder') {
    return bytes(flash ? dims.feedForward + 3 * width + tokens / 2 + 3 : 6 * width + tokens * (heads + 1) + 3, tokens);
  }
  if (dims.family === 'recurrent') {
    const layer = stateSpaceValues(dims, cells) + 3 * width;
    return bytes(Math.max(dims.vocabulary + dims.outputRows * width, layer) + 2, tokens);
  }
  const { mask, valueIndices } = inputs(dims, cells, flash);
  const carried =
    3 * width + (dims.family === 'hybrid' || dims.latent || (cells.rotation > 0 && dims.rotatesInPlace) ? 0 : query);
  const network = mask + valueIndices + networkValues(dims, cells) + carried + 7;
  const scores = attentionValues(dims, cells, flash) + mask + valueIndices + 5;
  return bytes(Math.max(logitValues(dims, mask, flash), network, scores), tokens);
}

/** What the widest part of a layer but attention has alive: a network, chosen experts or a state-space layer. */
function networkValues(dims: ComputeDimensions, cells: CacheCells): number {
  const experts = dims.experts + dims.expertResults + dims.routed;
  return Math.max(dims.dense, experts, stateSpaceValues(dims, cells));
}

/** What a state-space layer has alive; 0 in models without. */
function stateSpaceValues({ stateSpace }: ComputeDimensions, { sequences, batchTokens }: CacheCells): number {
  return stateSpace === null ? 0 : stateSpace.perToken + (stateSpace.perSequence * sequences) / batchTokens;
}

/** What is alive while the host computes attention, beside its inputs. */
function attentionValues(dims: ComputeDimensions, cells: CacheCells, flash: boolean): number {
  const { width } = dims;
  if (dims.latent) return (flash ? 0 : scoreValues(dims, cells)) + dims.latentRow + 4 * width;
  return flash ? 0 : scoreValues(dims, cells) + 3 * width + dims.queryCopies * dims.query;
}

/** Scores of all heads over the longest cache, and the unpacked values of compressed attention. */
function scoreValues(dims: ComputeDimensions, cells: CacheCells): number {
  const longest = Math.max(cells.full, cells.window);
  // The values are unpacked from the keys into a copy of their own: 16-bit, whatever the batch.
  const unpacked = (longest * dims.latentValues * 2) / (4 * cells.batchTokens);
  return longest * dims.heads + unpacked;
}

function logitValues(dims: ComputeDimensions, mask: number, flash: boolean): number {
  const { vocabulary, width, outputRows, keepsMask } = dims;
  if (dims.latent && (mask >= width || !flash)) {
    // Freed room of the last layer lies below the logits and is too small for them.
    return vocabulary + 10 * width;
  }
  if (!keepsMask) return vocabulary + outputRows * width + 1;
  return vocabulary + (mask <= width ? outputRows * width + mask + 7 : (outputRows - 1) * width + 1);
}

/** What of the model lies outside the device at hand and is fetched for its computation. */
export interface FetchedBytes {
  /** The largest matrix that is fetched at once. */
  readonly weightBytes: number;
  /** The matrix that makes queries, when it is fetched. */
  readonly queryBytes: number;
  /** The matrix that makes the logits, when the host holds it. */
  readonly outputBytes: number;
  /** Whether the last repeating layer is fetched too. */
  readonly fetchesLastLayer: boolean;
  /** One layer's keys and values, when the host holds some. */
  readonly cacheBytes: number;
}

/**
 * Bytes on one device. Matrices that stay on the host are fetched one at a time for batches, so that the device needs
 * room for the largest (llama.cpp `ggml/src/ggml-backend.cpp`, offloading of operations).
 */
export function deviceComputeBytes(
  dims: ComputeDimensions,
  cells: CacheCells,
  flash: boolean,
  makesLogits: boolean,
  fetched: FetchedBytes,
  pipeline: 'first' | 'later' | null = null,
): number {
  const { width } = dims;
  const tokens = cells.batchTokens;
  const { mask, valueIndices } = inputs(dims, cells, flash);
  if (pipeline !== null) return pipelinedBytes(dims, cells, flash, makesLogits, pipeline);
  const activations = networkValues(dims, cells);
  const network = Math.max(
    bytes(mask + valueIndices + activations + 2 * width + 6, tokens) + fetched.weightBytes,
    flash ? fetchedLayerBytes(dims, cells, mask, activations, fetched) : 0,
  );
  const scores = flash
    ? bytes(dims.latent || fetched.cacheBytes > 0 ? mask + dims.latentRow + 4 * width : 0, tokens)
    : bytes(scoreValues(dims, cells) + mask + valueIndices + dims.latentRow + 3 * width + 4, tokens);
  // The last layer's own row finds room below, once matrices were fetched to there.
  const outputRows = dims.outputRows - (fetched.weightBytes > 0 ? 1 : 0);
  const rows = makesLogits ? dims.vocabulary + outputRows * width : 0;
  // Logits, and an output matrix fetched for them, find the room of fetched matrices free only half of the time.
  const last = fetched.fetchesLastLayer ? bytes(activations / 3 + width, tokens) : 0;
  const leftover = makesLogits && fetched.weightBytes > 0 ? (last + fetched.weightBytes) / 2 : 0;
  const logits = bytes(rows, tokens) + fetched.outputBytes + Math.ceil(leftover);
  return Math.max(network, scores + fetched.cacheBytes, logits);
}

/**
 * A layer whose matrices are fetched, when those of its network are small enough for the room that its queries left:
 * then all that attention took in turn lies below the network, with the mask in that room or above it.
 */
function fetchedLayerBytes(
  { width, query, queryCopies }: ComputeDimensions,
  { batchTokens }: CacheCells,
  mask: number,
  activations: number,
  { weightBytes, queryBytes }: FetchedBytes,
): number {
  const left = queryCopies * query;
  if (queryBytes === 0 || queryCopies < 2 || weightBytes > bytes(left, batchTokens)) return 0;
  return bytes(2 * width + left + Math.max(mask, query) + activations, batchTokens) + queryBytes;
}

/** Batches in flight when several devices hold the whole model (ggml `GGML_SCHED_MAX_COPIES`): inputs are kept for each. */
const COPIES = 4;

function pipelinedBytes(
  dims: ComputeDimensions,
  cells: CacheCells,
  flash: boolean,
  makesLogits: boolean,
  pipeline: 'first' | 'later',
): number {
  const { width } = dims;
  const { mask, valueIndices } = inputs(dims, cells, flash);
  const kept = COPIES * (mask + valueIndices);
  const isFirst = pipeline === 'first';
  const network = kept + networkValues(dims, cells) + (isFirst ? 6 : 10) * width + 20;
  const scores = flash ? 0 : scoreValues(dims, cells) + kept + dims.latentRow + (isFirst ? 6 : 11) * width + 16;
  const logits = makesLogits ? dims.vocabulary + (dims.outputRows + 7) * width + kept + 24 : 0;
  return bytes(Math.max(network, scores, logits), cells.batchTokens);
}

/** What the host has to do with a batch that devices compute. */
export interface HostShare {
  readonly isPipelined: boolean;
  /** Whether it holds recurrent layers: their operations are not fetched to a device, nor is what stands between them. */
  readonly recurs: boolean;
  /** Whether it attends, where it holds recurrent layers. */
  readonly attends: boolean;
}

/** Bytes on the host when devices compute: the batch's inputs and embeddings, and recurrent layers that stay. */
export function hostInputBytes(
  dims: ComputeDimensions,
  cells: CacheCells,
  flash: boolean,
  { isPipelined, recurs, attends }: HostShare,
): number {
  const { mask, valueIndices } = inputs(dims, cells, flash);
  const copies = isPipelined ? COPIES : 1;
  const scores = attends && !flash ? attentionValues(dims, cells, flash) : 0;
  const layers = recurs ? Math.max(stateSpaceValues(dims, cells), scores) : 0;
  return bytes(2 * dims.width + copies * (mask + valueIndices + (flash ? 7 : 5)) + layers, cells.batchTokens);
}
