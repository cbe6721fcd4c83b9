import type { ModelArchitecture } from '../model/architecture.js';
import type { ModelHeader } from '../model/model-header.js';
import type { CacheCells } from './cache-table.js';
import type { GraphModel, GraphPlaces } from './graph/graph-model.js';
import { hasGraph, keepsFlash, scratchPrograms } from './graph/graph-scratch.js';
import type { GraphShape } from './graph/graph-scratch.js';
import { representativeLayers } from './graph/representative-layers.js';
import type { ScratchProgram } from './graph/scratch-program.js';
import type { LayerRanges } from './layer-ranges.js';
import { tensorPlace } from './tensor-place.js';

/** What decides how much scratch memory a run takes. */
export interface ScratchQuery {
  readonly cells: CacheCells;
  readonly flash: boolean;
  /** Whether values are cached transposed. */
  readonly transposed: boolean;
  /** Tokens with logits. */
  readonly rows: number;
  readonly ranges: LayerRanges;
  readonly expertLayersOnHost: number;
  /** Bytes of the largest weight of each name, which devices fetch where the host holds them. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Whether several devices work on several batches at once. */
  readonly isPipelined: boolean;
}

/** What a model's graph says; null where the file lacks what its architecture's graph is made of. */
export interface GraphFootprint {
  /** Bytes on each device and, last, on the host. */
  readonly scratch: (query: ScratchQuery) => readonly number[] | null;
  /** Whether the engine keeps flash attention where it may choose. */
  readonly keepsFlash: (query: ScratchQuery) => boolean | null;
}

/** Answers by the model's graph, each question answered once; null when the graph is not known. */
export function graphFootprint(architecture: ModelArchitecture, header: ModelHeader): GraphFootprint | null {
  // All whose graph is known have layers with a state: of the others the graph's code is not needed at all.
  if (architecture.recurrent === null || !hasGraph(architecture.name)) return null;
  const model: GraphModel = {
    architecture,
    header,
    shapes: new Map(header.tensors.map(({ name, shape }) => [name, shape])),
  };
  const results = resultsKept();
  const alike = new Map<string, readonly ScratchProgram[]>();
  const programs = remembered((query) => {
    const [shape, places] = [shapeOf(query), placesOf(model, query)];
    const { structure } = representativeLayers(model, places);
    const { devices, output, holdsAll, isPipelined } = places;
    const key = JSON.stringify([shape, structure, devices, output, holdsAll, isPipelined]);
    const known = alike.get(key) ?? scratchPrograms(model, shape, places);
    alike.set(key, known);
    return known;
  });
  return {
    scratch: ({ cells, sizes, ...rest }) => {
      const found = programs({ cells, sizes, ...rest });
      const known = results(found, sizes);
      const key = `${String(cells.full)} ${String(cells.keyBytes)} ${String(cells.valueBytes)}`;
      let bytes = known.get(key);
      if (bytes === undefined) known.set(key, (bytes = most(found, cells, sizes)));
      return bytes;
    },
    keepsFlash: remembered((query) => keepsFlash(model, shapeOf(query), placesOf(model, query))),
  };
}

/** The larger figure in each place. */
function most(
  programs: readonly ScratchProgram[],
  { full, keyBytes, valueBytes }: CacheCells,
  weights: ReadonlyMap<string, number>,
): readonly number[] | null {
  const [first, second] = programs.map((program) => program.run({ cells: full, keyBytes, valueBytes, weights }));
  return first?.map((bytes, place) => Math.max(bytes, second?.[place] ?? 0)) ?? null;
}

type Programs = readonly ScratchProgram[];
type Results = Map<string, readonly number[] | null>;

/** What programs found so far for weights of these sizes. */
function resultsKept(): (programs: Programs, sizes: ReadonlyMap<string, number>) => Results {
  const kept = new WeakMap<Programs, WeakMap<ReadonlyMap<string, number>, Results>>();
  return (programs, sizes) => {
    const bySizes = kept.get(programs) ?? new WeakMap<ReadonlyMap<string, number>, Results>();
    kept.set(programs, bySizes);
    const found = bySizes.get(sizes) ?? new Map<string, readonly number[] | null>();
    bySizes.set(sizes, found);
    return found;
  };
}

/** Answers each question that differs in its structure once. */
function remembered<Answer>(ask: (query: ScratchQuery) => Answer): (query: ScratchQuery) => Answer {
  const answers = new Map<string, Answer>();
  return (query) => {
    const { ranges, expertLayersOnHost, isPipelined } = query;
    const key = JSON.stringify([shapeOf(query), ranges, expertLayersOnHost, isPipelined]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = ask(query);
    answers.set(key, answer);
    return answer;
  };
}

function shapeOf({ cells, flash, transposed, rows }: ScratchQuery): GraphShape {
  const { sequences, streams, keyRotation, valueRotation } = cells;
  return {
    // Every sequence has as many tokens of the batch.
    tokens: Math.ceil(cells.batchTokens / sequences) * sequences,
    ...{ sequences, streams, rows, flash, transposed, keyRotation, valueRotation },
  };
}

function placesOf({ architecture }: GraphModel, query: ScratchQuery): GraphPlaces {
  const { ranges, expertLayersOnHost, isPipelined } = query;
  const host = ranges.devices.length;
  const placeOf = (layer: number): number => {
    const index = ranges.devices.findIndex(({ from, to }) => from <= layer && layer < to);
    return index < 0 ? host : index;
  };
  const output = placeOf(architecture.layers + architecture.predictionLayers);
  return {
    devices: host,
    isPipelined,
    holdsAll: host > 0 && ranges.host.to === 0,
    layer: placeOf,
    output,
    weight: (name) => {
      const place = tensorPlace(name);
      if (place.kind === 'output') return output;
      if (place.kind !== 'layer' || (place.isExpert && place.layer < expertLayersOnHost)) return host;
      return placeOf(place.layer);
    },
  };
}
