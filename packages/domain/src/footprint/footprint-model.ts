import { UnsupportedLevelError } from '../errors/unsupported-level-error.js';
import { architectureOf } from '../model/architecture.js';
import { PREDICTION_ON_REQUEST } from '../model/architecture-traits.js';
import type { ModelArchitecture } from '../model/architecture.js';
import type { ModelHeader } from '../model/model-header.js';
import { presetTypes } from '../quantization/preset.js';
import { isRecipeName } from '../quantization/variant-level.js';
import type { RecipeName, VariantLevel } from '../quantization/variant-level.js';
import { cacheCells, cacheTable, checkCacheTypes } from './cache-table.js';
import { computeDimensions, withLogitsOf } from './compute-dimensions.js';
import { onDevicesInUse } from './devices-in-use.js';
import type { Footprint, MemoryUse } from './footprint.js';
import { graphFootprint } from './graph-footprint.js';
import type { ScratchQuery } from './graph-footprint.js';
import { layerRanges } from './layer-ranges.js';
import type { LayerRange, LayerRanges } from './layer-ranges.js';
import { deviceUse, hostUse, isPipelined, logitRows } from './memory-use.js';
import type { FootprintParts, FootprintRun } from './memory-use.js';
import { needsGraph } from './needs-graph.js';
import type { RunShape } from './operating-point.js';
import { tensorPlace } from './tensor-place.js';
import type { TensorPlace } from './tensor-place.js';
import { sizeKeys, weightTable } from './weight-table.js';
import type { SizedTensor, WeightTable } from './weight-table.js';

/** Which weights: those of the file as it is, a level's or recipe's, or any mix of types, which must not change afterwards. */
export type Weights = 'file' | VariantLevel | readonly SizedTensor[];

/** A footprint with what was assumed on the way. */
export interface FootprintEstimate extends Footprint {
  /** Assumptions and fallbacks, for people. Empty when every rule was checked against the engine. */
  readonly notes: readonly string[];
}

/** How to count. */
export interface FootprintModelOptions {
  /** Whether parallel sequences share one cache; by default each has its own. */
  readonly unifiedCache?: boolean | undefined;
  /** Tensors of files that were made by recipes; no other recipe can be asked about. */
  readonly recipes?: ReadonlyMap<RecipeName, readonly SizedTensor[]> | undefined;
  /**
   * Whose logits a batch can ask for: only of the `last` token of each sequence, as engines that generate reserve them
   * (`n_outputs_max`: llama.cpp's server, Ollama's runner, which is one, and the embedded engine), or of `every` token,
   * as measuring perplexity needs, as llama.cpp's library does when it is not told otherwise, and as servers did before
   * 2026. At a vocabulary of 128k and batches of 512 that is up to 250 MiB more. Default `last`. Without effect on
   * encoders and on recurrent models other than Mamba, of whose layers no closed form is known: they count every one.
   */
  readonly outputs?: 'every' | 'last' | undefined;
  /** Tokens that another model drafts at once: their logits are computed with the last one's. Default 0. */
  readonly draftedTokens?: number | undefined;
  /** Whether the model drafts with prediction layers (MTP) of its own; otherwise most engines do not load them. */
  readonly predicts?: boolean | undefined;
}

/** A model prepared for many questions: everything that depends on its header alone is summed up once. */
export interface FootprintModel {
  readonly architecture: ModelArchitecture;
  /** Assumptions that hold for every footprint of the model, for people. */
  readonly notes: readonly string[];
  /**
   * Bytes that a run takes on each device and on the host. Driver overhead is not in it.
   * @throws InvalidInputError for a shape that the engine would refuse
   * @throws UnsupportedLevelError as `presetTypes`, and for a recipe that the model was not given
   */
  footprint(weights: Weights, shape: RunShape): FootprintEstimate;
  /** Bytes of all weights that are loaded, once. */
  weightBytes(weights: Weights): number;
}

/**
 * Prepares a model for footprints. Weights and caches are exact; scratch memory follows closed forms.
 * Errors as `architectureOf`.
 */
export function createFootprintModel(header: ModelHeader, options: FootprintModelOptions = {}): FootprintModel {
  const architecture = architectureOf(header);
  const { notes } = architecture;
  const keyOf = sizeKeys(header.tensors);
  const parts: FootprintParts = {
    architecture,
    blocks: architecture.layers + architecture.predictionLayers,
    unified: options.unifiedCache ?? false,
    withFlash: cacheTable(architecture, true),
    withoutFlash: cacheTable(architecture, false),
    dims: computeDimensions(architecture, header),
    graph: graphFootprint(architecture, header, keyOf),
    logitsPerSequence: options.outputs === 'every' ? Infinity : 1 + (options.draftedTokens ?? 0),
    notes,
    partialNotes: [...notes, 'Scratch memory of recurrent layers split between host and device is a rough estimate.'],
  };
  const byLevel = new Map<string, WeightTable>();
  const byMix = new WeakMap<readonly SizedTensor[], WeightTable>();
  const places = new Map<string, TensorPlace>();
  const placeOf = (name: string): TensorPlace => {
    let place = places.get(name);
    if (place === undefined) places.set(name, (place = tensorPlace(name)));
    return place;
  };
  const { name, layers, predictionLayers } = architecture;
  const leftInFile = predictionLayers > 0 && options.predicts !== true && PREDICTION_ON_REQUEST.has(name);
  const isLoaded = (tensor: SizedTensor): boolean => {
    const place = placeOf(tensor.name);
    return !leftInFile || place.kind !== 'layer' || place.layer < layers;
  };
  const tableOf = (weights: Weights): WeightTable => {
    const known = typeof weights === 'string' ? byLevel.get(weights) : byMix.get(weights);
    if (known !== undefined) return known;
    const tensors = typeof weights === 'string' ? sized(header, weights, options) : weights;
    const loaded = leftInFile ? tensors.filter(isLoaded) : tensors;
    const table = weightTable(loaded, parts.blocks, architecture.tiedEmbeddings, placeOf, keyOf);
    if (typeof weights === 'string') byLevel.set(weights, table);
    else byMix.set(weights, table);
    return table;
  };
  return {
    architecture,
    notes,
    footprint: (weights, shape) => onDevicesInUse(shape, (used) => estimate(parts, tableOf(weights), used)),
    weightBytes: (weights) => tableOf(weights).totalBytes,
  };
}

function sized(
  header: ModelHeader,
  weights: 'file' | VariantLevel,
  { recipes }: FootprintModelOptions,
): readonly SizedTensor[] {
  if (weights === 'file') return header.tensors;
  if (!isRecipeName(weights)) return presetTypes(header, weights).tensors;
  const tensors = recipes?.get(weights);
  if (tensors !== undefined) return tensors;
  throw new UnsupportedLevelError(`No variant ${weights} of this model is here, and its name does not say its types.`, {
    hint: 'Make it first: a recipe is chosen by measurement.',
  });
}

function estimate(parts: FootprintParts, weights: WeightTable, shape: RunShape): FootprintEstimate {
  const ranges = layerRanges(shape.placement, parts.blocks);
  const flash = usesFlash(parts, weights, shape, ranges);
  const caches = flash ? parts.withFlash : parts.withoutFlash;
  checkCacheTypes(caches, shape, parts.architecture.latentAttention);
  const cells = cacheCells(caches, shape, parts.unified);
  const dims = withLogitsOf(logitRows(parts, shape, cells) / cells.batchTokens, parts.dims);
  const used = caches.hasFull ? cells : { ...cells, full: 0 };
  const run: FootprintRun = { parts, dims, weights, shape, flash, caches, cells: used };
  // The caller's index of the device that computes last: it makes the logits, whoever holds their matrix.
  const last = lastWithLayers(ranges.devices);
  const walked = scratchByGraph(run, ranges);
  const devices = ranges.devices.map((range, index) =>
    withScratch(deviceUse(run, range, index === last, index === 0), walked?.[index]),
  );
  const host = withScratch(hostUse(run, ranges.host, devices.length > 0), walked?.at(-1));
  const totalBytes = devices.reduce((sum, { totalBytes: bytes }) => sum + bytes, host.totalBytes);
  const isPartial = devices.length > 0 && shape.placement.gpuLayers <= parts.blocks;
  const isRough = isPartial && walked === null && parts.architecture.recurrent !== null;
  const notes = isRough ? parts.partialNotes : parts.notes;
  return { devices, host, totalBytes, notes };
}

/**
 * Left to itself, the engine gives flash attention up where it would be computed on another device than its cache. So it
 * does with some hybrids whose last layer on the host attends: nothing of the attention itself keeps it there.
 * Source: llama.cpp v0.5.0 `src/llama-context.cpp`, `auto_fa`.
 */
function usesFlash(parts: FootprintParts, weights: WeightTable, shape: RunShape, ranges: LayerRanges): boolean {
  const { architecture, withFlash, unified, graph } = parts;
  if (shape.flashAttention !== 'auto') return shape.flashAttention === 'on';
  const { family, layers, layerShapes } = architecture;
  const { host, devices } = ranges;
  if (devices.length === 0 || host.to === 0 || host.to >= layers || family !== 'hybrid') return true;
  const cells = cacheCells(withFlash, shape, unified);
  const keeps = graph?.keepsFlash(scratchQuery({ parts, weights, shape, flash: true, cells }, ranges));
  return keeps ?? layerShapes[host.to - 1]?.mixer !== 'attention';
}

const lastWithLayers = (devices: readonly LayerRange[]): number => {
  const index = devices.findLastIndex(({ from, to }) => to > from);
  return index < 0 ? 0 : index;
};

/** Scratch memory by the model's graph, on each device and the host; null where that is not known or not needed. */
const scratchByGraph = (run: FootprintRun, ranges: LayerRanges): readonly number[] | null =>
  needsGraph(run, ranges) ? (run.parts.graph?.scratch(scratchQuery(run, ranges)) ?? null) : null;

function scratchQuery(run: Omit<FootprintRun, 'dims' | 'caches'>, ranges: LayerRanges): ScratchQuery {
  const { parts, shape, cells, flash, weights } = run;
  return {
    cells,
    flash,
    transposed: !flash && shape.flashAttention === 'off',
    rows: logitRows(parts, shape, cells),
    ranges,
    expertLayersOnHost: shape.placement.expertLayersOnHost,
    weights,
    isPipelined: isPipelined(run),
  };
}

const withScratch = (found: MemoryUse, computeBytes: number | undefined): MemoryUse =>
  computeBytes === undefined
    ? found
    : { ...found, computeBytes, totalBytes: found.totalBytes - found.computeBytes + computeBytes };
