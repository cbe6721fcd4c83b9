import { attended } from './attended.js';
import { attend, KEYS, writeRows } from './attention.js';
import type { PlainAttention } from './attention.js';
import type { Builder } from './builder.js';
import { cache, cacheView, concat, cont, like, mul, mulMat, repeat, reshape, swapMiddle, view } from './operations.js';
import type { Tensor } from './tensor.js';

/**
 * Attention to keys and values that are compressed together (MLA), one row for all heads. Queries are compressed as the
 * row is where two matrices for that are in the file; older files have one that unpacks keys and values before they are
 * cached. Source: llama.cpp v0.5.0 `src/models/deepseek2.cpp`.
 */
export function latentAttention(builder: Builder, given: PlainAttention, x: Tensor, index: number): Tensor {
  const { tokens } = builder.batch;
  const { heads } = builder.layer(index);
  const block = `blk.${String(index)}`;
  const { positions, temperatures = null } = given;
  const rotate = (part: Tensor): Tensor => like('rope', part, ...(positions === null ? [] : [positions]));
  const scaled = (part: Tensor): Tensor => (temperatures === null ? part : mul(part, temperatures));
  const turned = builder.setting('rope.dimension_count');
  const made = queries(builder, x, index);
  const length = made.shape[0] / heads;
  const all = reshape(made, length, heads, tokens);
  const both = builder.project(x, `${block}.attn_kv_a_mqa`);
  const [rank, next] = [both.shape[0] - turned, both.strides[1]];
  const turnedKey = rotate(view(both, [turned, 1, tokens], [4, next, next, next * tokens]));
  const row = builder.norm(view(both, [rank, tokens], both.strides), `${block}.attn_kv_a_norm`);

  if (!builder.architecture.latentAttention) {
    const unpacked = builder.project(row, `${block}.attn_kv_b`);
    const { valueLength } = builder.layer(index);
    const apart = unpacked.shape[0] / heads;
    const part = (values: number): Tensor =>
      view(unpacked, [values, heads, tokens], [4, 4 * apart, 4 * apart * heads, 4 * apart * heads * tokens]);
    const values = cont(part(valueLength));
    const keys = concat(part(apart - valueLength), repeat(turnedKey, turned, heads, tokens));
    return output(
      builder,
      attend(builder, given.attention, { queries: scaled(rotate(all)), keys, values }, index),
      index,
    );
  }

  const position = rotate(view(all, [turned, heads, tokens]));
  const content = swapMiddle(view(all, [length - turned, heads, tokens]));
  const compressed = swapMiddle(mulMat(builder.need(`${block}.attn_k_b.weight`), content));
  const values = reshape(row, rank, 1, tokens);
  const parts = { queries: scaled(concat(compressed, position)), keys: concat(values, turnedKey), values };
  return output(builder, attendToRows(builder, given, parts, index), index);
}

const output = (builder: Builder, x: Tensor, index: number): Tensor =>
  builder.project(x, `blk.${String(index)}.attn_output`);

/** Of one matrix, or of two with a norm between. */
function queries(builder: Builder, x: Tensor, index: number): Tensor {
  const block = `blk.${String(index)}`;
  if (builder.find(`${block}.attn_q.weight`) !== null) return builder.project(x, `${block}.attn_q`);
  const narrow = builder.norm(builder.project(x, `${block}.attn_q_a`), `${block}.attn_q_a_norm`);
  return builder.project(narrow, `${block}.attn_q_b`);
}

/** Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_attn` of `llm_graph_input_attn_k`. */
function attendToRows(
  builder: Builder,
  { attention }: PlainAttention,
  made: { readonly queries: Tensor; readonly keys: Tensor; readonly values: Tensor },
  index: number,
): Tensor {
  const { graph, batch, places } = builder;
  const { cells, streams } = batch;
  for (const tensor of [made.queries, made.values, made.keys]) graph.expand(tensor);
  const [width] = made.keys.shape;
  const rows = cache(places.layer(index), KEYS, attention.kind, width, cells, streams);
  writeRows(builder, rows, made.keys, attention.keyIds);
  const keys = cacheView(rows, [width, 1, cells, streams]);
  const values = view(keys, [made.values.shape[0], 1, cells, streams]);
  const unpacks = builder.need(`blk.${String(index)}.attn_v_b.weight`);
  return attended(builder, { queries: made.queries, keys, values, mask: attention.mask, unpacks }, index);
}
