import { cacheOwner } from '../../model/layer-shapes.js';
import { attend, attentionInputs } from './attention.js';
import type { AttentionInputs, Attending } from './attention.js';
import type { Builder } from './builder.js';
import { expertNetwork } from './experts.js';
import { dense, hasExperts, SOFTMAX, usedExperts } from './networks.js';
import { add, cont, getRows, input, like, mul, mulMat, reshape, scale, swapMiddle, unary, view } from './operations.js';
import { kept } from './tensor.js';
import type { Tensor } from './tensor.js';

/** Source: llama.cpp v0.5.0 `src/models/gemma4.cpp`. */
export function gemma4(builder: Builder): Tensor {
  const { batch } = builder;
  let x = scale(builder.embeddings());
  const positions = input('i32', batch.tokens);
  const [full, window] = [attentionInputs(builder, 'full', true), attentionInputs(builder, 'window', true)];
  const outputs = input('i32', batch.rows);
  const perLayer = perLayerInputs(builder, x);
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const normed = builder.norm(x, `${block}.attn_norm`);
    const inputs = builder.layer(index).window === null ? full : window;
    const attended = attention(builder, inputs, positions, normed, index);
    const sum = add(builder.norm(attended, `${block}.post_attention_norm`), x);
    const made = hasExperts(builder, index) ? mixture(builder, sum, index) : network(builder, sum, index);
    x = add(builder.norm(made, `${block}.post_ffw_norm`, false), sum);
    if (perLayer !== null) x = withOwnInput(builder, x, perLayer, index);
    const factor = builder.find(`${block}.layer_output_scale.weight`);
    if (factor !== null) x = mul(x, factor);
  }
  return getRows(kept(builder.norm(x, 'output_norm')), outputs);
}

/** Some layers have no values but their keys, and the last ones no keys but those of an earlier layer. */
function attention(builder: Builder, inputs: AttentionInputs, positions: Tensor, x: Tensor, index: number): Tensor {
  const { heads, kvHeads, keyLength, window, ownsCache } = builder.layer(index);
  const block = `blk.${String(index)}`;
  const { tokens } = builder.batch;
  const factors = window === null ? builder.rotationFactors(index) : null;
  const turn = (part: Tensor, count: number, name: string): Tensor => {
    const normed = builder.norm(reshape(part, keyLength, count, tokens), `${block}.${name}`);
    return like('rope', normed, positions, ...(factors === null ? [] : [factors]));
  };
  const queries = turn(builder.project(x, `${block}.attn_q`), heads, 'attn_q_norm');
  let made: Attending = { queries };
  if (ownsCache) {
    const keys = builder.project(x, `${block}.attn_k`);
    const values = builder.find(`${block}.attn_v.weight`) === null ? keys : builder.project(x, `${block}.attn_v`);
    made = {
      queries,
      keys: turn(keys, kvHeads, 'attn_k_norm'),
      values: like('rms_norm', reshape(values, keyLength, kvHeads, tokens)),
    };
  }
  const attended = attend(builder, inputs, made, index, cacheOwner(builder.architecture.layerShapes, index));
  return builder.project(attended, `${block}.attn_output`);
}

const network = (builder: Builder, x: Tensor, index: number): Tensor =>
  dense(builder, builder.norm(x, `blk.${String(index)}.ffn_norm`), index);

/** A dense network and experts side by side, whose router reads neither's norm. */
function mixture(builder: Builder, x: Tensor, index: number): Tensor {
  const block = `blk.${String(index)}`;
  const shared = builder.norm(network(builder, x, index), `${block}.post_ffw_norm_1`);
  const normed = builder.norm(x, `${block}.pre_ffw_norm_2`);
  const routed = mul(scale(like('rms_norm', x)), builder.need(`${block}.ffn_gate_inp.scale`));
  const scores = mulMat(builder.need(`${block}.ffn_gate_inp.weight`), routed);
  const routing = { ...SOFTMAX, used: usedExperts(builder), norms: true, scores };
  const made = expertNetwork(builder, normed, index, routing);
  return add(shared, builder.norm(made, `${block}.post_ffw_norm_2`));
}

/** Embeddings of each token for each layer; null in models without. */
function perLayerInputs(builder: Builder, x: Tensor): Tensor | null {
  const table = builder.find('per_layer_token_embd.weight');
  if (table === null) return null;
  const { tokens } = builder.batch;
  const { layers } = builder.architecture;
  const length = table.shape[0] / layers;
  const found = getRows(table, input('i32', tokens));
  const own = builder.graph.expand(scale(reshape(found, length, layers, tokens)));
  const projected = scale(mulMat(builder.need('per_layer_model_proj.weight'), x));
  const normed = builder.norm(reshape(projected, length, layers, tokens), 'per_layer_proj_norm');
  return cont(swapMiddle(scale(add(normed, own))));
}

/** Adds what a layer makes of its own embeddings of the tokens. */
function withOwnInput(builder: Builder, x: Tensor, perLayer: Tensor, index: number): Tensor {
  const block = `blk.${String(index)}`;
  const [length, tokens] = perLayer.shape;
  const gate = unary(builder.project(x, `${block}.inp_gate`));
  const gated = mul(gate, view(perLayer, [length, tokens]));
  return add(x, builder.norm(builder.project(gated, `${block}.proj`), `${block}.post_norm`));
}
