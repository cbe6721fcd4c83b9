import { attention, attentionInputs } from './attention.js';
import type { AttentionInputs, PlainAttention } from './attention.js';
import type { Builder } from './builder.js';
import type { Routing } from './experts.js';
import { declaredRouting, network } from './networks.js';
import { add, getRows, input, scale, view } from './operations.js';
import { positionsPerToken, rotates } from './rotation.js';
import { kept } from './tensor.js';
import type { Tensor } from './tensor.js';
import { TRAITS } from './traits.js';
import type { Traits } from './traits.js';

/** What makes the last result before the logits of transformers, by architecture. */
export const TRANSFORMERS = Object.fromEntries(
  Object.entries(TRAITS).map(([name, traits]) => [name, (builder: Builder) => transformer(builder, traits)]),
) as Readonly<Record<keyof typeof TRAITS, (builder: Builder) => Tensor>>;

function transformer(builder: Builder, traits: Traits): Tensor {
  const { architecture, batch, model } = builder;
  const embedded = builder.embeddings();
  let x = traits.scalesEmbeddings === true ? scale(embedded) : embedded;
  const inputsOf = attentionInputsByLayer(builder);
  const positions = input('i32', batch.tokens * positionsPerToken(architecture, model.header));
  const outputs = input('i32', batch.rows);
  const temperatures = traits.isLlama4 === true || hasTemperatures(builder) ? input('f32', 1, 1, batch.tokens) : null;
  const attends = traits.attention ?? attention;
  const routing = routingOf(builder, traits);
  const { scalesQueries = false, normsLast = false } = traits;
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const normed = builder.normIfThere(x, `${block}.attn_norm`);
    const turns = rotates(architecture, model.header, index);
    const given = { scalesQueries, normsLast, positions: turns ? positions : null, attention: inputsOf(index) };
    const more = traits.isLlama4 === true ? likeLlama4(builder, turns, temperatures) : { temperatures };
    let attended = attends(builder, { ...given, ...more }, normed, index);
    const selects = index === builder.layers.at(-1) && traits.selectsRowsLast !== true;
    if (selects) [attended, x] = [getRows(attended, outputs), getRows(x, outputs)];
    const shared = (): Tensor => (selects ? getRows(normed, outputs) : normed);
    if (traits.isParallel === true) {
      x = add(add(network(builder, shared(), index, routing), x), attended);
      continue;
    }
    if (traits.hasPostNorms === true) attended = builder.norm(attended, `${block}.post_attention_norm`);
    const sum = add(builder.scaledBranch(attended), x);
    const second = `${block}.${traits.secondNorm ?? 'ffn_norm'}`;
    const hasSecond = builder.find(`${second}.weight`) !== null;
    const again = hasSecond ? builder.norm(sum, second) : traits.sharesNorm === true ? shared() : sum;
    let made = network(builder, again, index, routing);
    if (traits.hasPostNorms === true) {
      made = builder.norm(made, `${block}.post_ffw_norm`, traits.pinsPostNorms === true);
    }
    made = builder.scaledBranch(made);
    x = traits.addsResidualFirst === true ? add(sum, made) : add(made, sum);
    if (index < builder.setting('n_deepstack_layers')) x = add(x, view(embedded, [architecture.width, batch.tokens]));
  }
  // Who drafts may ask for what all rows end in, so it is never given back.
  if (traits.selectsRowsLast === true) x = getRows(kept(x), outputs);
  return builder.norm(x, 'output_norm');
}

/** Queries are scaled by their position where they are not rotated, and have norms where they are, but for Maverick's. */
function likeLlama4({ architecture }: Builder, turns: boolean, temperatures: Tensor | null): Partial<PlainAttention> {
  return turns ? { normsBare: architecture.experts?.count !== 128 } : { temperatures };
}

function routingOf(builder: Builder, { routing }: Traits): Routing {
  if (typeof routing === 'function') return routing(builder);
  return { ...declaredRouting(builder), gating: 'softmax', norms: true, ...routing };
}

/** Whether queries are scaled by their position, as Mistral's largest are. */
const hasTemperatures = (builder: Builder): boolean => builder.setting('attention.temperature_scale') !== 0;

/** Layers with a sliding window read other inputs than those that see everything. */
function attentionInputsByLayer(builder: Builder): (index: number) => AttentionInputs {
  const hasWindows = builder.architecture.layerShapes.some(({ window }) => window !== null);
  if (!hasWindows) {
    const all = attentionInputs(builder);
    return () => all;
  }
  const [full, window] = [attentionInputs(builder, 'full', true), attentionInputs(builder, 'window', true)];
  return (index) => (builder.layer(index).window === null ? full : window);
}
