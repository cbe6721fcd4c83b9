import type { Builder } from './builder.js';
import {
  cache,
  cacheView,
  cont,
  flashAttention,
  input,
  maskInput,
  mulMat,
  reshape,
  scores,
  setRows,
  softMax,
  swapMiddle,
  transposedCopy,
  view,
} from './operations.js';
import type { Tensor } from './tensor.js';

/** What is cached, of types that are chosen. */
export const KEYS = 'keys';
export const VALUES = 'values';

/** What all layers that attend to one kind of cache read. */
export interface AttentionInputs {
  readonly cells: number;
  readonly keyIds: Tensor;
  readonly valueIds: Tensor;
  readonly mask: Tensor;
  readonly keyRotation: Tensor | null;
  readonly valueRotation: Tensor | null;
}

/** Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_attn_inp_kv_impl`. */
export function attentionInputs({ batch, architecture }: Builder, cells: number = batch.cells): AttentionInputs {
  const { tokens, streams, flash, transposed, keyRotation, valueRotation } = batch;
  const widest = Math.max(0, ...architecture.layerShapes.map(({ kvHeads, valueLength }) => kvHeads * valueLength));
  return {
    cells,
    keyIds: input('i64', tokens),
    valueIds: input('i64', tokens * (transposed ? widest : 1)),
    mask: maskInput(flash ? 'f16' : 'f32', cells, tokens / streams, 1, streams),
    keyRotation: keyRotation > 0 ? input('f32', keyRotation, keyRotation) : null,
    valueRotation: valueRotation > 0 ? input('f32', valueRotation, valueRotation) : null,
  };
}

/** Queries, keys and values by head. */
export interface Projections {
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
}

/** Source: the same file, `build_qkv`. */
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
  const [queries, keys, values] = ['q', 'k', 'v'].map((part) => builder.project(x, `${block}.attn_${part}`)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  if (queryHeads > 1) return { queries, keys, values };
  return {
    queries: reshape(queries, keyLength, heads, tokens),
    keys: reshape(keys, keyLength, kvHeads, tokens),
    values: reshape(values, valueLength, kvHeads, tokens),
  };
}

/** Source: llama.cpp v0.5.0 `src/llama-impl.h`, `llama_mul_mat_hadamard`. */
function rotated(x: Tensor, rotation: Tensor | null): Tensor {
  if (rotation === null) return x;
  const length = rotation.shape[0];
  const shape = [length, (x.shape[0] * x.rows) / length];
  return reshape(mulMat(rotation, x.isContiguous ? reshape(x, ...shape) : cont(x, ...shape)), ...x.shape);
}

/**
 * Writes keys and values to their cache, and attends to all that is in it.
 * Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_attn` and `build_attn_mha`; `src/llama-kv-cache.cpp`.
 */
export function attend(builder: Builder, inputs: AttentionInputs, made: Projections, index: number): Tensor {
  const { graph, batch } = builder;
  const { streams, tokens, flash, transposed } = batch;
  const { kvHeads, keyLength, valueLength } = builder.layer(index);
  const queries = rotated(made.queries, inputs.keyRotation);
  const keys = rotated(made.keys, inputs.keyRotation);
  const values = rotated(made.values, inputs.valueRotation);
  for (const tensor of [queries, values, keys]) graph.expand(tensor);

  const place = builder.places.layer(index);
  const keyCache = cache(place, KEYS, kvHeads * keyLength, inputs.cells, streams);
  const valueCache = cache(place, VALUES, kvHeads * valueLength, inputs.cells, streams);
  const flat = (tensor: Tensor): Tensor =>
    streams > 1 ? reshape(tensor, tensor.shape[0], inputs.cells * streams) : tensor;
  const row = (tensor: Tensor): Tensor => {
    const [length, heads] = tensor.shape;
    return view(tensor, [length * heads, tokens], [4, tensor.strides[2], tensor.strides[2] * tokens, 0]);
  };
  graph.expand(setRows(flat(keyCache), row(keys), inputs.keyIds));
  if (!transposed) graph.expand(setRows(flat(valueCache), row(values), inputs.valueIds));
  else graph.expand(transposedValues(valueCache, values, inputs.valueIds, tokens));

  const q = swapMiddle(splitStreams(queries, streams));
  const k = swapMiddle(cacheView(keyCache, [keyLength, kvHeads, inputs.cells, streams]));
  const v = swapMiddle(
    cacheView(
      valueCache,
      transposed ? [inputs.cells, kvHeads, valueLength, streams] : [valueLength, kvHeads, inputs.cells, streams],
    ),
  );
  let result: Tensor;
  if (flash) {
    const sinks = builder.find(`blk.${String(index)}.attn_sinks.weight`);
    const attended = flashAttention(q, k, v, inputs.mask, sinks);
    attended.layer = index;
    result = reshape(attended, attended.shape[0] * attended.shape[1], tokens);
  } else {
    const weights = softMax(scores(k, q), inputs.mask);
    const weighted = mulMat(transposed ? v : transposedCopy(v), weights);
    const [length, , heads] = weighted.shape;
    result = cont(swapMiddle(weighted), length * heads, tokens);
  }
  graph.expand(result);
  return rotated(result, inputs.valueRotation);
}

function splitStreams(queries: Tensor, streams: number): Tensor {
  const [length, heads, tokens] = queries.shape;
  const [s0, s1, s2, s3] = queries.strides;
  return view(queries, [length, heads, tokens / streams, streams], [s0, s1, s2, s3 / streams]);
}

/** Without flash attention each value has a place of its own in the cache. */
function transposedValues(into: Tensor, values: Tensor, ids: Tensor, tokens: number): Tensor {
  const width = values.shape[0] * values.shape[1];
  const rows = values.strides[2] === 4 * width ? reshape(values, width, tokens) : cont(values, width, tokens);
  const target = reshape(into, 1, into.shape[0] * into.rows);
  return setRows(target, reshape(rows, 1, width * tokens), ids);
}
