import type { ModelArchitecture } from '../model/architecture.js';
import type { ModelHeader } from '../model/model-header.js';
import type { CacheCells } from './cache-table.js';
import { hasGraph } from './graph-architectures.js';
import { graphModel } from './graph/graph-model.js';
import type { GraphModel, GraphPlaces } from './graph/graph-model.js';
import { keepsFlash, scratchPrograms } from './graph/graph-scratch.js';
import type { GraphShape } from './graph/graph-scratch.js';
import { representativeLayers } from './graph/representative-layers.js';
import type { ScratchProgram } from './graph/scratch-program.js';
import type { LayerRanges } from './layer-ranges.js';
import type { SizeKey, WeightTable } from './weight-table.js';
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
  readonly weights: Pick<WeightTable, 'sizes'>;
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

type Programs = readonly ScratchProgram[];

/** Answers by the model's graph, each question that differs answered once; null when the graph is not known. */
export function graphFootprint(
  architecture: ModelArchitecture,
  header: ModelHeader,
  keyOf: SizeKey,
): GraphFootprint | null {
  if (!hasGraph(architecture.name)) return null;
  // Made by the first question: of many models none is asked.
  let model: GraphModel | null = null;
  const prepared = (): GraphModel => (model ??= graphModel(architecture, header, keyOf));
  const alike = new Map<string, Programs>();
  const programs = remembered((query): Programs => {
    const [shape, places] = [shapeOf(query), placesOf(prepared(), query)];
    const { layers, structure } = representativeLayers(prepared(), places);
    const { devices, output, holdsAll, isPipelined } = places;
    const key = `${shapeKey(query)} ${structure} ${[devices, output, holdsAll, isPipelined].join()}`;
    const known = alike.get(key) ?? scratchPrograms(prepared(), shape, places, layers);
    alike.set(key, known);
    return known;
  });
  return {
    scratch: (query) => most(programs(query), query),
    keepsFlash: remembered((query) => keepsFlash(prepared(), shapeOf(query), placesOf(prepared(), query))),
  };
}

/** The larger figure in each place. */
function most(programs: Programs, { cells, weights }: ScratchQuery): readonly number[] | null {
  const { full, window, keyBytes, valueBytes } = cells;
  const measured = { cells: { full, window }, keyBytes, valueBytes, weights };
  const [first, second] = programs;
  if (first === undefined) return null;
  const found = first.run(measured);
  if (second === undefined) return found;
  const other = second.run(measured);
  return found.map((bytes, place) => Math.max(bytes, other[place] ?? 0));
}

/** Answers each question that differs in its structure once. */
function remembered<Answer>(ask: (query: ScratchQuery) => Answer): (query: ScratchQuery) => Answer {
  const answers = new Map<string, Answer>();
  return (query) => {
    const { ranges, expertLayersOnHost, isPipelined } = query;
    let key = `${shapeKey(query)} ${String(expertLayersOnHost)} ${String(isPipelined)} ${String(ranges.host.to)}`;
    for (const { to } of ranges.devices) key += ` ${String(to)}`;
    let answer = answers.get(key);
    if (answer === undefined) answers.set(key, (answer = ask(query)));
    return answer;
  };
}

function shapeKey({ cells, flash, transposed, rows }: ScratchQuery): string {
  const { batchTokens, sequences, streams, keyRotation, valueRotation, keyBytes, valueBytes } = cells;
  const types = `${String(keyRotation)} ${String(valueRotation)} ${String(keyBytes === 4)} ${String(valueBytes === 4)}`;
  return `${String(batchTokens)} ${String(sequences)} ${String(streams)} ${String(rows)} ${types} ${String(flash)} ${String(transposed)}`;
}

function shapeOf({ cells, flash, transposed, rows }: ScratchQuery): GraphShape {
  const { sequences, streams, keyRotation, valueRotation } = cells;
  return {
    // Every sequence has as many tokens of the batch.
    tokens: Math.ceil(cells.batchTokens / sequences) * sequences,
    ...{ sequences, streams, rows, flash, transposed, keyRotation, valueRotation },
    longKeys: cells.keyBytes === 4,
    longValues: cells.valueBytes === 4,
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
    expertLayersOnHost,
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
