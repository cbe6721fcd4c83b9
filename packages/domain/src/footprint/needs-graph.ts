import { deviceComputeBytes, hostComputeBytes } from './compute-buffer.js';
import { withLogitsOf } from './compute-dimensions.js';
import type { LayerRanges } from './layer-ranges.js';
import { isPipelined, logitRows, NOTHING_FETCHED } from './memory-use.js';
import type { FootprintRun } from './memory-use.js';

/**
 * Share of the weights that a batch's scratch memory may be for the closed form to do, where all of a transformer is in one
 * kind of memory: of usual models it was at most a seventh off there, and of any others two thirds, so that the total is
 * at most 1 % off. See `docs/footprints.md` for what was tried.
 */
const NEGLIGIBLE = { usual: 1 / 20, other: 1 / 300 } as const;

/** Whether scratch memory has to be found by building the graph. That costs time, and most plans need none. */
export function needsGraph(run: FootprintRun, { devices }: LayerRanges): boolean {
  const { parts, shape, flash, cells } = run;
  const { architecture, blocks } = parts;
  if (parts.graph === null) return false;
  if (architecture.recurrent !== null) return true;
  if (parts.dims.isUnusual) return true;
  const { gpuLayers, expertLayersOnHost } = shape.placement;
  const leavesExperts = expertLayersOnHost > 0 && architecture.experts !== null;
  if (devices.length > 0 && (gpuLayers <= blocks || leavesExperts)) return true;
  if (isPipelined(run)) return parts.dims.isIrregular;
  // Flash attention makes shorter copies of what is cached in 32 bits.
  const copiesCache = flash && (cells.keyBytes === 4 || cells.valueBytes === 4);
  if (copiesCache || parts.logitsPerSequence === Infinity) return true;
  const share = NEGLIGIBLE[isUsual(run) ? 'usual' : 'other'];
  return batchBytes(run, devices.length > 0) > share * run.weights.totalBytes;
}

/** Regular dense models with wide networks and queries about as wide as they are; just as wide where one matrix makes all of attention. */
function isUsual({ parts: { architecture, dims } }: FootprintRun): boolean {
  const { query, width, feedForward, queryCopies } = dims;
  const isNear = queryCopies > 0 && 3 * query >= 2 * width && 2 * query <= 3 * width;
  if (architecture.experts !== null || dims.isIrregular) return false;
  return feedForward >= 2.5 * width && (query === width || isNear);
}

/** Scratch memory of a whole batch by the closed form, in a context that is as long as the batch. */
function batchBytes({ parts, shape, cells, flash }: FootprintRun, onDevice: boolean): number {
  const tokens = shape.microBatchTokens;
  const cellsOf = (count: number): number => (count > 0 ? tokens : 0);
  const batch = { ...cells, batchTokens: tokens, full: cellsOf(cells.full), window: cellsOf(cells.window) };
  const dims = withLogitsOf(logitRows(parts, shape, batch) / tokens, parts.dims);
  return onDevice
    ? deviceComputeBytes(dims, batch, flash, true, NOTHING_FETCHED)
    : hostComputeBytes(dims, batch, flash);
}
