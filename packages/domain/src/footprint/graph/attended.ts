import type { Builder } from './builder.js';
import {
  capped,
  cont,
  flashAttention,
  halved,
  mulMat,
  reshape,
  scores,
  softMax,
  swapMiddle,
  transposedCopy,
  view,
} from './operations.js';
import type { Tensor } from './tensor.js';

/** What attention is computed from: queries by head, and all that is cached. */
export interface Attended {
  readonly queries: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly mask: Tensor;
  /** What makes the values of each head of those of all heads, where these are compressed. */
  readonly unpacks?: Tensor;
}

/** Attends to all that is cached, with or without scores in memory. Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_attn_mha`. */
export function attended(builder: Builder, { queries, keys, values, mask, unpacks }: Attended, index: number): Tensor {
  const { graph, batch } = builder;
  const { streams, tokens, flash, transposed } = batch;
  const q = swapMiddle(splitStreams(queries, streams));
  const [k, v] = [swapMiddle(keys), swapMiddle(values)];
  const sinks = builder.find(`blk.${String(index)}.attn_sinks.weight`);
  const unpacked = (x: Tensor): Tensor => (unpacks === undefined ? x : mulMat(unpacks, x));
  let result: Tensor;
  if (flash) {
    const [keyHalves, valueHalves] = [batch.longKeys ? halved(k) : k, batch.longValues ? halved(v) : v];
    const made = flashAttention(q, keyHalves, valueHalves, mask, sinks);
    made.layer = index;
    const whole = unpacks === undefined ? made : cont(swapMiddle(unpacked(swapMiddle(made))));
    result = reshape(whole, whole.shape[0] * whole.shape[1], tokens);
  } else {
    const raw = scores(k, q);
    const weights = softMax(capsScores(builder) ? capped(raw) : raw, mask, sinks);
    const isTurned = transposed && unpacks === undefined;
    const weighted = unpacked(mulMat(isTurned ? v : transposedCopy(v, batch.longValues ? 'f32' : 'f16'), weights));
    const [length, , heads] = weighted.shape;
    result = cont(swapMiddle(weighted), length * heads, tokens);
  }
  return graph.expand(result);
}

/** Source: llama.cpp v0.5.0 `src/models`, `attn_soft_cap`, of the models whose graphs are known. */
const capsScores = ({ architecture }: Builder): boolean => architecture.name === 'gemma2';

function splitStreams(queries: Tensor, streams: number): Tensor {
  const [length, heads, tokens] = queries.shape;
  const [s0, s1, s2, s3] = queries.strides;
  return view(queries, [length, heads, tokens / streams, streams], [s0, s1, s2, s3 / streams]);
}
