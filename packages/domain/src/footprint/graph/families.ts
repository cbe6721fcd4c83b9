import type { GraphArchitecture } from '../graph-architectures.js';
import type { Builder } from './builder.js';
import { deltaNet } from './delta-net.js';
import { attention } from './attention.js';
import { expertNetwork, sharedExpert } from './experts.js';
import type { Routing } from './experts.js';
import { gemma4 } from './gemma4.js';
import { gatedAttention, hybridInputs } from './hybrid-attention.js';
import { declaredRouting, dense, hasExperts, network, SOFTMAX, usedExperts } from './networks.js';
import { add, getRows, mulMat } from './operations.js';
import { rotates } from './rotation.js';
import { shortConvolution } from './short-convolution.js';
import { mamba, mamba2 } from './state-space.js';
import { kept } from './tensor.js';
import type { Tensor } from './tensor.js';
import { TRANSFORMERS } from './transformers.js';

const mixes = (builder: Builder, index: number): boolean => builder.layer(index).mixer === 'recurrent';

/** Source: llama.cpp v0.5.0 `src/models/granite-hybrid.cpp`. */
function graniteHybrid(builder: Builder): Tensor {
  let x = builder.embeddings();
  const inputs = hybridInputs(builder, rotates(builder.architecture, builder.model.header, 0) ? 1 : 0);
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const normed = builder.norm(x, `${block}.attn_norm`);
    let mixed = mixes(builder, index)
      ? mamba2(builder, inputs.states, normed, index)
      : attention(builder, inputs, normed, index);
    if (index === builder.layers.at(-1)) [mixed, x] = [getRows(mixed, inputs.outputs), getRows(x, inputs.outputs)];
    const sum = add(builder.scaledBranch(mixed), x);
    const again = builder.norm(sum, `${block}.ffn_norm`);
    const made = network(builder, again, index, { ...SOFTMAX, used: usedExperts(builder), norms: true });
    x = add(builder.scaledBranch(made), sum);
  }
  return builder.norm(x, 'output_norm');
}

/** Source: llama.cpp v0.5.0 `src/models/jamba.cpp`. */
function jamba(builder: Builder): Tensor {
  let x = builder.embeddings();
  const inputs = hybridInputs(builder, 0);
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const normed = builder.norm(x, `${block}.attn_norm`);
    let mixed = mixes(builder, index)
      ? mamba(builder, inputs.states, normed, index)
      : attention(builder, inputs, normed, index);
    if (index === builder.layers.at(-1)) [mixed, x] = [getRows(mixed, inputs.outputs), getRows(x, inputs.outputs)];
    const sum = add(x, mixed);
    const again = builder.norm(sum, `${block}.ffn_norm`);
    const made = network(builder, again, index, { ...SOFTMAX, used: usedExperts(builder), norms: false });
    x = add(sum, made);
  }
  return builder.norm(x, 'output_norm');
}

/** Source: llama.cpp v0.5.0 `src/models/falcon-h1.cpp`. */
function falconH1(builder: Builder): Tensor {
  let x = builder.embeddings();
  const inputs = hybridInputs(builder, 1);
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const attended = attention(builder, inputs, builder.norm(x, `${block}.attn_norm`), index);
    const mixed = mamba2(builder, inputs.states, builder.norm(x, `${block}.attn_norm`), index);
    x = add(add(attended, mixed), x);
    if (index === builder.layers.at(-1)) x = getRows(x, inputs.outputs);
    x = add(dense(builder, builder.norm(x, `${block}.ffn_norm`), index), x);
  }
  return builder.norm(x, 'output_norm');
}

/** Source: llama.cpp v0.5.0 `src/models/nemotron-h.cpp`, for both with and without experts. */
function nemotronH(builder: Builder): Tensor {
  let x = builder.embeddings();
  const inputs = hybridInputs(builder, 0);
  for (const index of builder.layers) {
    const normed = builder.norm(x, `blk.${String(index)}.attn_norm`);
    const { mixer } = builder.layer(index);
    const made =
      mixer === 'recurrent'
        ? mamba2(builder, inputs.states, normed, index)
        : mixer === 'attention'
          ? attention(builder, inputs, normed, index)
          : nemotronNetwork(builder, normed, index);
    x = add(made, x);
  }
  return getRows(kept(builder.norm(x, 'output_norm')), inputs.outputs);
}

function nemotronNetwork(builder: Builder, x: Tensor, index: number): Tensor {
  if (!hasExperts(builder, index)) return dense(builder, x, index);
  const block = `blk.${String(index)}`;
  const [down, up] = [builder.find(`${block}.ffn_latent_down.weight`), builder.find(`${block}.ffn_latent_up.weight`)];
  const scores = builder.project(x, `${block}.ffn_gate_inp`);
  const routing: Routing = { ...declaredRouting(builder), gating: 'sigmoid', scores };
  const made = expertNetwork(builder, down === null ? x : mulMat(down, x), index, routing);
  const shared = sharedExpert(builder, x, index);
  const result = up === null ? made : mulMat(up, made);
  return shared === null ? result : add(result, shared);
}

/** Source: llama.cpp v0.5.0 `src/models/qwen3next.cpp`, `qwen35.cpp` and `qwen35moe.cpp`. */
function qwenHybrid(builder: Builder): Tensor {
  let x = builder.embeddings();
  const inputs = hybridInputs(builder, builder.architecture.name === 'qwen3next' ? 1 : 4);
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const normed = builder.graph.expand(builder.norm(x, `${block}.attn_norm`));
    const mixed = mixes(builder, index)
      ? deltaNet(builder, inputs.states, normed, index)
      : gatedAttention(builder, inputs, normed, index);
    const sum = add(mixed, x);
    const again = builder.norm(sum, `${block}.post_attention_norm`);
    const made = network(builder, again, index, { ...SOFTMAX, used: usedExperts(builder), norms: true });
    x = add(made, sum);
  }
  return getRows(kept(builder.norm(x, 'output_norm')), inputs.outputs);
}

/** Source: llama.cpp v0.5.0 `src/models/lfm2.cpp`. */
function lfm2(builder: Builder): Tensor {
  let x = builder.embeddings();
  const inputs = hybridInputs(builder, 1);
  const routing: Routing = {
    used: usedExperts(builder),
    // `LLAMA_EXPERT_GATING_FUNC_TYPE_SIGMOID`
    gating: builder.setting('expert_gating_func') === 2 ? 'sigmoid' : 'softmax',
    norms: true,
    scales: false,
  };
  for (const index of builder.layers) {
    const block = `blk.${String(index)}`;
    const normed = builder.norm(x, `${block}.attn_norm`);
    let mixed = mixes(builder, index)
      ? shortConvolution(builder, inputs.states, normed, index)
      : attention(builder, inputs, normed, index);
    if (index === builder.layers.at(-1)) [mixed, x] = [getRows(mixed, inputs.outputs), getRows(x, inputs.outputs)];
    const sum = add(x, mixed);
    const again = builder.norm(sum, `${block}.ffn_norm`);
    const made = network(builder, again, index, routing);
    x = add(sum, made);
  }
  return builder.norm(x, builder.find('output_norm.weight') === null ? 'token_embd_norm' : 'output_norm');
}

/** What makes the last result before the logits, by architecture. */
export const FAMILIES: Readonly<Record<GraphArchitecture, (builder: Builder) => Tensor>> = {
  ...TRANSFORMERS,
  'falcon-h1': falconH1,
  gemma4,
  granitehybrid: graniteHybrid,
  jamba,
  lfm2,
  lfm2moe: lfm2,
  nemotron_h: nemotronH,
  nemotron_h_moe: nemotronH,
  qwen35: qwenHybrid,
  qwen35moe: qwenHybrid,
  qwen3next: qwenHybrid,
};
