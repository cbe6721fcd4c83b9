import type { ModelArchitecture } from '../../model/architecture.js';
import { largestRotation } from '../cache-table.js';
import { attended } from './attended.js';
import type { Builder } from './builder.js';
import {
  cache,
  cacheView,
  cont,
  input,
  like,
  maskInput,
  mul,
  mulMat,
  pad,
  reshape,
  scale,
  setRows,
  view,
} from './operations.js';
import type { CacheKind, Tensor } from './tensor.js';

/** What is cached, of types that are chosen. */
export const KEYS = 'keys';
export const VALUES = 'values';

/** What all layers that attend to one kind of cache read. */
export interface AttentionInputs {
  readonly kind: CacheKind;
  /** Whether keys are computed before values, as where layers have caches of two kinds. */
  readonly keysFirst: boolean;
  readonly keyIds: Tensor;
  readonly valueIds: Tensor;
  readonly mask: Tensor;
  readonly keyRotation: Tensor | null;
  readonly valueRotation: Tensor | null;
}

/** Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_attn_inp_kv_impl` and `build_attn_inp_kv_iswa`. */
export function attentionInputs(
  { batch, architecture }: Builder,
  kind: CacheKind = 'full',
  keysFirst = false,
): AttentionInputs {
  const { tokens, cells, streams, flash, transposed, valueRotation } = batch;
  const isOfKind = kind === 'full' ? (of: number | null) => of === null : (of: number | null) => of !== null;
  const keyLength = architecture.layerShapes.find(({ window }) => isOfKind(window))?.keyLength ?? 0;
  const keyRotation = batch.keyRotation > 0 ? largestRotation(keyLength) : 0;
  return {
    kind,
    keysFirst,
    keyIds: input('i64', tokens),
    valueIds: input('i64', tokens * (transposed ? widestValues(architecture) : 1)),
    mask: maskInput(kind, flash ? 'f16' : 'f32', cells, tokens / streams, 1, streams),
    keyRotation: keyRotation > 0 ? input('f32', keyRotation, keyRotation) : null,
    valueRotation: valueRotation > 0 ? input('f32', valueRotation, valueRotation) : null,
  };
}

/** Without flash attention every layer has room for values as wide as the widest. */
const widestValues = ({ layerShapes }: ModelArchitecture): number =>
  Math.max(0, ...layerShapes.map(({ kvHeads, valueLength }) => kvHeads * valueLength));

/** Queries, keys and values, by head where that is not said otherwise. */
export interface Projections {
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Source: the same file, `build_qkv`; each of one matrix, not yet by head. */
function wholeProjections(builder: Builder, x: Tensor, index: number): Projections {
  const made = (part: string): Tensor => builder.project(x, `blk.${String(index)}.attn_${part}`);
  return { queries: made('q'), keys: made('k'), values: made('v') };
}

/** Source: as above. Those that make more than queries of their matrix come not by head. */
export function projections(builder: Builder, x: Tensor, index: number, queryHeads = 1): Projections {
  const { heads, kvHeads, keyLength, valueLength } = builder.layer(index);
  const { tokens } = builder.batch;
  const block = `blk.${String(index)}`;
  if (builder.find(`${block}.attn_qkv.weight`) !== null) {
    const all = builder.project(x, `${block}.attn_qkv`);
    const part = (length: number, count: number): Tensor =>
      view(all, [length, count, tokens], [4, 4 * length, all.strides[1], all.strides[1] * tokens]);
    return {
      queries: part(keyLength * queryHeads, heads),
      keys: part(keyLength, kvHeads),
      values: part(valueLength, kvHeads),
    };
  }
  const whole = wholeProjections(builder, x, index);
  return queryHeads > 1 ? whole : byHead(builder, whole, index);
}

function byHead(builder: Builder, { queries, keys, values }: Projections, index: number): Projections {
  const { heads, kvHeads, keyLength, valueLength } = builder.layer(index);
  const { tokens } = builder.batch;
  return {
    queries: reshape(queries, keyLength, heads, tokens),
    keys: reshape(keys, keyLength, kvHeads, tokens),
    values: reshape(values, valueLength, kvHeads, tokens),
  };
}

/** What plain attention is given. */
export interface PlainAttention {
  readonly attention: AttentionInputs;
  /** Null where nothing is rotated by position. */
  readonly positions: Tensor | null;
  /** Whether queries are scaled before scores are made of them. */
  readonly scalesQueries?: boolean;
  /** Whether queries and keys have their norms only after they are rotated. */
  readonly normsLast?: boolean;
  /** Whether queries and keys have norms without weights, after they are rotated. */
  readonly normsBare?: boolean;
  /** Factors of the queries that depend on the position alone, where there are any. */
  readonly temperatures?: Tensor | null;
}

/** Plain attention, with or without rotation by position, and its output matrix. */
export function attention(builder: Builder, given: PlainAttention, x: Tensor, index: number): Tensor {
  const block = `blk.${String(index)}`;
  const { positions, temperatures = null, normsLast = false, normsBare = false } = given;
  const factors = builder.rotationFactors(index);
  const rotate = (part: Tensor): Tensor =>
    positions === null ? part : like('rope', part, positions, ...(factors === null ? [] : [factors]));
  const norm = (part: Tensor, of: 'q' | 'k'): Tensor => builder.normIfThere(part, `${block}.attn_${of}_norm`);
  const turn = (part: Tensor, of: 'q' | 'k'): Tensor => {
    const turned = rotate(part);
    return normsBare ? like('rms_norm', turned) : normsLast ? norm(turned, of) : turned;
  };
  const made = normsLast ? projections(builder, x, index) : normedProjections(builder, x, index, norm);
  const queries = turn(made.queries, 'q');
  const scaled = given.scalesQueries === true ? scale(queries) : queries;
  const turned = {
    queries: temperatures === null ? scaled : mul(scaled, temperatures),
    keys: turn(made.keys, 'k'),
    values: made.values,
  };
  return builder.project(attend(builder, given.attention, turned, index), `${block}.attn_output`);
}

/** Queries and keys with norms of each head or of all heads together, if there are any. */
function normedProjections(
  builder: Builder,
  x: Tensor,
  index: number,
  norm: (part: Tensor, of: 'q' | 'k') => Tensor,
): Projections {
  const found = builder.find(`blk.${String(index)}.attn_q_norm.weight`);
  const ofAllHeads = found !== null && found.shape[0] > builder.layer(index).keyLength;
  const made = ofAllHeads ? wholeProjections(builder, x, index) : projections(builder, x, index);
  const normed = { queries: norm(made.queries, 'q'), keys: norm(made.keys, 'k'), values: made.values };
  return ofAllHeads ? byHead(builder, normed, index) : normed;
}

/** Source: llama.cpp v0.5.0 `src/llama-impl.h`, `llama_mul_mat_hadamard`. */
function rotated(x: Tensor, rotation: Tensor | null): Tensor {
  if (rotation === null) return x;
  const length = rotation.shape[0];
  const shape = [length, (x.shape[0] * x.rows) / length];
  return reshape(mulMat(rotation, x.isContiguous ? reshape(x, ...shape) : cont(x, ...shape)), ...x.shape);
}

/** What is attended with: of layers that read what another one cached, queries alone. */
export type Attending = Projections | Pick<Projections, 'queries'>;

/**
 * Writes keys and values to their cache, and attends to all that is in it. `owner` is the layer whose cache that is.
 * Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_attn`; `src/llama-kv-cache.cpp`.
 */
export function attend(
  builder: Builder,
  inputs: AttentionInputs,
  made: Attending,
  index: number,
  owner = index,
): Tensor {
  const { graph, batch } = builder;
  const { cells, streams, tokens, transposed } = batch;
  const { kvHeads, keyLength, valueLength } = builder.layer(index);
  const queries = graph.expand(rotated(made.queries, inputs.keyRotation));
  const place = builder.places.layer(owner);
  const widest = widestValues(builder.architecture);
  const width = transposed ? widest : kvHeads * valueLength;
  const keyCache = cache(place, KEYS, inputs.kind, kvHeads * keyLength, cells, streams);
  const valueCache = cache(place, VALUES, inputs.kind, width, cells, streams);
  if ('keys' in made) {
    const keys = rotated(made.keys, inputs.keyRotation);
    const values = rotated(made.values, inputs.valueRotation);
    for (const tensor of inputs.keysFirst ? [keys, values] : [values, keys]) graph.expand(tensor);
    writeRows(builder, keyCache, keys, inputs.keyIds);
    if (!transposed) writeRows(builder, valueCache, values, inputs.valueIds);
    else graph.expand(transposedValues(valueCache, values, inputs.valueIds, tokens));
  }
  const values = transposed
    ? view(
        valueCache,
        [cells, kvHeads, valueLength, streams],
        [4, 4 * cells * valueLength, 4 * cells, 4 * cells * widest],
      )
    : cacheView(valueCache, [valueLength, kvHeads, cells, streams]);
  const keys = cacheView(keyCache, [keyLength, kvHeads, cells, streams]);
  const result = attended(builder, { queries, keys, values, mask: inputs.mask }, index);
  return rotated(result, inputs.valueRotation);
}

/** Writes each token's row to a cache, whose streams are one behind the other. */
export function writeRows({ graph, batch }: Builder, into: Tensor, rows: Tensor, ids: Tensor): void {
  const { cells, streams, tokens } = batch;
  const flat = streams > 1 ? reshape(into, into.shape[0], cells * streams) : into;
  const [length, heads] = rows.shape;
  const [, , next] = rows.strides;
  graph.expand(setRows(flat, view(rows, [length * heads, tokens], [4, next, next * tokens, 0]), ids));
}

/** Without flash attention each value has a place of its own in the cache. */
function transposedValues(into: Tensor, values: Tensor, ids: Tensor, tokens: number): Tensor {
  const width = values.shape[0] * values.shape[1];
  const rows = values.strides[2] === 4 * width ? reshape(values, width, tokens) : cont(values, width, tokens);
  const [widest] = into.shape;
  const padded = width < widest ? pad(rows, widest) : rows;
  return setRows(reshape(into, 1, widest * into.rows), reshape(padded, 1, widest * tokens), ids);
}
