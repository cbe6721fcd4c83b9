import type { ModelArchitecture } from '../model/architecture.js';
import { cacheBytes, recurrentBytes } from './cache-table.js';
import type { CacheCells, CacheTable } from './cache-table.js';
import { deviceComputeBytes, hostComputeBytes, hostInputBytes } from './compute-buffer.js';
import type { FetchedBytes } from './compute-buffer.js';
import type { ComputeDimensions } from './compute-dimensions.js';
import type { MemoryUse } from './footprint.js';
import type { GraphFootprint } from './graph-footprint.js';
import type { LayerRange } from './layer-ranges.js';
import type { RunShape } from './operating-point.js';
import type { WeightTable } from './weight-table.js';

/** A model prepared for many questions. */
export interface FootprintParts {
  readonly architecture: ModelArchitecture;
  readonly blocks: number;
  readonly unified: boolean;
  readonly withFlash: CacheTable;
  readonly withoutFlash: CacheTable;
  readonly dims: ComputeDimensions;
  readonly graph: GraphFootprint | null;
  readonly logitsPerSequence: number;
  readonly notes: readonly string[];
  readonly partialNotes: readonly string[];
}

/** One question about it. */
export interface FootprintRun {
  readonly parts: FootprintParts;
  readonly dims: ComputeDimensions;
  readonly weights: WeightTable;
  readonly shape: RunShape;
  readonly flash: boolean;
  readonly caches: CacheTable;
  readonly cells: CacheCells;
}

const at = (values: Float64Array, index: number): number => values[Math.min(index, values.length - 1)] ?? 0;

/** Bytes that a run takes on one device, which holds the layers of the range. */
export function deviceUse(
  run: FootprintRun,
  { from, to }: LayerRange,
  makesLogits: boolean,
  isFirst: boolean,
): MemoryUse {
  const { weights, shape, caches, cells, parts } = run;
  const { blocks } = parts;
  const gpuLayers = Math.min(shape.placement.gpuLayers, blocks + 1);
  let weightsBytes = at(weights.layersBefore, to) - at(weights.layersBefore, from);
  weightsBytes -= expertsLeftOnHost(run, from, to);
  const holdsOutput = to > blocks && to > from;
  if (holdsOutput) weightsBytes += weights.outputBytes + weights.tiedBytes;
  if (Math.min(to, blocks) > from) weightsBytes += weights.sharedBytes;
  const computes = to > from || (isFirst && makesLogits);
  // Operations on matrices of the host go to the first device.
  const fetched = isFirst ? fetchedBytes(run, gpuLayers) : NOTHING_FETCHED;
  const pipeline = isPipelined(run) ? (isFirst ? 'first' : 'later') : null;
  const computeBytes = computes ? deviceComputeBytes(run.dims, cells, run.flash, makesLogits, fetched, pipeline) : 0;
  return use(
    weightsBytes,
    cacheBytes(caches, cells, shape, from, to),
    recurrentBytes(caches, shape, from, to),
    computeBytes,
  );
}

/** Bytes of the experts of the layers `from` ≤ layer < `to` that stay on the host. */
function expertsLeftOnHost({ weights, shape }: FootprintRun, from: number, to: number): number {
  const end = Math.min(shape.placement.expertLayersOnHost, to);
  return end <= from ? 0 : at(weights.expertsBefore, end) - at(weights.expertsBefore, from);
}

/** Of a device that holds all that it computes with. */
export const NOTHING_FETCHED: FetchedBytes = {
  weightBytes: 0,
  queryBytes: 0,
  outputBytes: 0,
  fetchesLastLayer: false,
  cacheBytes: 0,
};

/**
 * Whether several devices work on several batches at once. Source: llama.cpp `src/llama-context.cpp`, `pipeline_parallel`; all devices that can hold layers support it.
 */
export const isPipelined = ({ shape: { placement }, parts }: Pick<FootprintRun, 'shape' | 'parts'>): boolean =>
  placement.split.length > 1 && placement.gpuLayers > parts.blocks && placement.expertLayersOnHost === 0;

/** Rows from which on a device fetches a matrix. Source: ggml `GGML_OP_OFFLOAD_MIN_BATCH` and its default. */
const FETCHED_ROWS = 32;

/** Tokens of a batch with logits. */
export const logitRows = (
  { logitsPerSequence }: FootprintParts,
  { parallel }: RunShape,
  { batchTokens }: CacheCells,
): number => Math.min(parallel * logitsPerSequence, batchTokens);

function fetchedBytes(run: FootprintRun, gpuLayers: number): FetchedBytes {
  const { weights, shape, caches, cells, parts } = run;
  const { blocks } = parts;
  const layersOnHost = gpuLayers <= blocks;
  const expertsOnHost = expertsLeftOnHost(run, 0, blocks) > 0 && weights.largestBytes > weights.largestDenseBytes;
  return {
    weightBytes: layersOnHost || expertsOnHost ? weights.largestBytes : 0,
    queryBytes: layersOnHost ? weights.queryBytes : 0,
    outputBytes: gpuLayers === 0 && logitRows(parts, shape, cells) >= FETCHED_ROWS ? weights.outputMatrixBytes : 0,
    fetchesLastLayer: gpuLayers < 2,
    cacheBytes: layersOnHost ? Math.ceil(cacheBytes(caches, cells, shape, 0, blocks) / blocks) : 0,
  };
}

/** Bytes that a run takes on the host. */
export function hostUse(run: FootprintRun, { from, to }: LayerRange, hasDevices: boolean): MemoryUse {
  const { weights, shape, caches, cells, parts } = run;
  const { blocks } = parts;
  let weightsBytes = weights.inputBytes + at(weights.layersBefore, to) - at(weights.layersBefore, from);
  weightsBytes += expertsLeftOnHost(run, to, blocks);
  if (to > blocks) weightsBytes += weights.outputBytes;
  if (to > from) weightsBytes += weights.sharedBytes;
  return use(
    weightsBytes,
    cacheBytes(caches, cells, shape, from, to),
    recurrentBytes(caches, shape, from, to),
    hasDevices
      ? hostInputBytes(run.dims, cells, run.flash, {
          isPipelined: isPipelined(run),
          recurs: at(caches.recurrentBefore, to) > at(caches.recurrentBefore, from),
          attends: attendsOnHost(parts, { from, to }),
        })
      : hostComputeBytes(run.dims, cells, run.flash),
  );
}

function use(weightsBytes: number, kvCacheBytes: number, recurrentStateBytes: number, computeBytes: number): MemoryUse {
  return {
    weightsBytes,
    kvCacheBytes,
    recurrentStateBytes,
    computeBytes,
    totalBytes: weightsBytes + kvCacheBytes + recurrentStateBytes + computeBytes,
  };
}

/** Whether a layer on the host attends there: not the last, which attends where the next layer is. */
const attendsOnHost = ({ architecture: { layerShapes } }: FootprintParts, { from, to }: LayerRange): boolean =>
  layerShapes.slice(from, Math.max(from, to - 1)).some(({ mixer }) => mixer === 'attention' || mixer === 'both');
