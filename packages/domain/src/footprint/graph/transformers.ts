import { attention, attentionInputs } from './attention.js';
import type { AttentionInputs } from './attention.js';
import type { Builder } from './builder.js';
import { declaredRouting, network } from './networks.js';
import { add, getRows, input, scale } from './operations.js';
import { rotates } from './rotation.js';
import { kept } from './tensor.js';
import type { Tensor } from './tensor.js';
import { TRAITS } from './traits.js';
import type { Traits } from './traits.js';

/** What makes the last result before the logits of transformers, by architecture. */
export const TRANSFORMERS = Object.fromEntries(
  Object.entries(TRAITS).map(([name, traits]) => [name, (builder: Builder) => transformer(builder, traits)]),
) as Readonly<Record<keyof typeof TRAITS, (builder: Builder) => Tensor>>;

function transformer(builder: Builder, traits: Traits): Tensor {
  const embedded = builder.embeddings();
  let x = traits.scalesEmbeddings === true ? scale(embedded) : embedded;
  const inputsOf = attentionInputsByLayer(builder);
  const positions = input('i32', builder.batch.tokens);
  const outputs = input('i32', builder.batch.rows);
  const temperatures = hasTemperatures(builder) ? input('f32', 1, 1, builder.batch.tokens) : null;
  const attends = traits.attention ?? attention;
  const { routing: router = { gating: 'softmax', norms: true } } = traits;
  const routing = typeof router === 'function' ? router(builder) : { ...declaredRouting(builder), ...router };
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const normed = builder.normIfThere(x, `${block}.attn_norm`);
    const scalesQueries = traits.scalesQueries === true;
    const turns = rotates(builder.architecture, builder.model.header, index);
    const given = { attention: inputsOf(index), positions: turns ? positions : null, scalesQueries, temperatures };
    let attended = attends(builder, given, normed, index);
    if (index === builder.layers.at(-1) && traits.selectsRowsLast !== true) {
      [attended, x] = [getRows(attended, outputs), getRows(x, outputs)];
    }
    if (traits.hasPostNorms === true) attended = builder.norm(attended, `${block}.post_attention_norm`);
    const sum = add(builder.scaledBranch(attended), x);
    const again = builder.normIfThere(sum, `${block}.${traits.secondNorm ?? 'ffn_norm'}`);
    let made = network(builder, again, index, routing);
    if (traits.hasPostNorms === true) made = builder.norm(made, `${block}.post_ffw_norm`, false);
    made = builder.scaledBranch(made);
    x = traits.addsResidualFirst === true ? add(sum, made) : add(made, sum);
  }
  // Who drafts may ask for what all rows end in, so it is never given back.
  if (traits.selectsRowsLast === true) x = getRows(kept(x), outputs);
  return builder.norm(x, 'output_norm');
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
