import type { GraphArchitecture } from '../graph-architectures.js';
import { attention, attentionInputs } from './attention.js';
import type { AttentionInputs } from './attention.js';
import type { Builder } from './builder.js';
import type { Routing } from './experts.js';
import { latentAttention } from './latent-attention.js';
import { declaredRouting, network } from './networks.js';
import { add, getRows, input, scale } from './operations.js';
import { kept } from './tensor.js';
import type { Tensor } from './tensor.js';

/** What tells the graph of one architecture from that of another. */
interface Traits {
  /** The norm before the network; `ffn_norm` by default. */
  readonly secondNorm?: string;
  /** Whether attention and network end in norms of their own. */
  readonly hasPostNorms?: boolean;
  readonly scalesEmbeddings?: boolean;
  readonly scalesQueries?: boolean;
  /** Whether what goes around the network is the first operand of the sum. */
  readonly addsResidualFirst?: boolean;
  /** Whether the rows that have logits are taken out of the last layer's result, not out of what its network reads. */
  readonly selectsRowsLast?: boolean;
  readonly routing?: Pick<Routing, 'gating' | 'norms'> | ((builder: Builder) => Routing);
  /** What computes attention, its output matrix included, where that is not plain. */
  readonly attention?: typeof attention;
}

const GEMMA: Traits = { hasPostNorms: true, scalesEmbeddings: true, scalesQueries: true };

/** Source: llama.cpp v0.5.0 `src/models/`, the file of each name; `openai-moe.cpp` for the experts of OpenAI. */
const TRAITS = {
  deepseek2: { attention: latentAttention, routing: deepseekRouting },
  gemma2: GEMMA,
  gemma3: GEMMA,
  'gpt-oss': {
    secondNorm: 'post_attention_norm',
    selectsRowsLast: true,
    routing: { gating: 'softmax-of-chosen', norms: false },
  },
  llama: {},
  phi3: { scalesQueries: true, addsResidualFirst: true },
  qwen2: {},
  qwen2moe: { routing: { gating: 'softmax', norms: false } },
  qwen3: {},
  qwen3moe: {},
} as const satisfies Partial<Record<GraphArchitecture, Traits>>;

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
    const normed = builder.norm(x, `${block}.attn_norm`);
    const scalesQueries = traits.scalesQueries === true;
    const given = { attention: inputsOf(index), positions, scalesQueries, temperatures };
    let attended = attends(builder, given, normed, index);
    if (index === builder.layers.at(-1) && traits.selectsRowsLast !== true) {
      [attended, x] = [getRows(attended, outputs), getRows(x, outputs)];
    }
    if (traits.hasPostNorms === true) attended = builder.norm(attended, `${block}.post_attention_norm`);
    const sum = add(attended, x);
    const again = builder.norm(sum, `${block}.${traits.secondNorm ?? 'ffn_norm'}`);
    let made = network(builder, again, index, routing);
    if (traits.hasPostNorms === true) made = builder.norm(made, `${block}.post_ffw_norm`, false);
    x = traits.addsResidualFirst === true ? add(sum, made) : add(made, sum);
  }
  // Who drafts may ask for what all rows end in, so it is never given back.
  if (traits.selectsRowsLast === true) x = getRows(kept(x), outputs);
  return builder.norm(x, 'output_norm');
}

/** Whether queries are scaled by their position, as Mistral's largest are. */
const hasTemperatures = (builder: Builder): boolean => builder.setting('attention.temperature_scale') !== 0;

/** Files of GLM 4.7 Flash may not say how they choose. Source: llama.cpp v0.5.0 `src/models/deepseek2.cpp`, `load_arch_hparams`. */
function deepseekRouting(builder: Builder): Routing {
  const routing = declaredRouting(builder);
  const { layers, vocabulary } = builder.architecture;
  const isSilentGlm =
    builder.setting('expert_gating_func') === 0 && (layers === 47 || layers === 48) && vocabulary === 154_880;
  return isSilentGlm ? { ...routing, gating: 'sigmoid' } : routing;
}

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
