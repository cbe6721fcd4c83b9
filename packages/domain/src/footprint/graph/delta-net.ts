import type { Builder } from './builder.js';
import {
  add,
  concat,
  cont,
  copyTo,
  gatedDeltaNet,
  like,
  mul,
  mulMat,
  repeat,
  reshape,
  scale,
  ssmConv,
  transpose,
  unary,
  view,
} from './operations.js';
import { readStates } from './states.js';
import type { StateInputs } from './states.js';
import type { Tensor } from './tensor.js';

/**
 * A gated delta net, computed at once. Source: llama.cpp v0.5.0 `src/models/qwen3next.cpp` and `qwen35.cpp`,
 * `build_layer_attn_linear`, and `src/models/delta-net-base.cpp`.
 */
export function deltaNet(builder: Builder, inputs: StateInputs, x: Tensor, index: number): Tensor {
  const { graph, batch } = builder;
  const { sequences } = batch;
  const each = batch.tokens / sequences;
  const block = `blk.${String(index)}`;
  const inner = builder.setting('ssm.inner_size');
  const keyLength = builder.setting('ssm.state_size');
  const keyHeads = builder.setting('ssm.group_count');
  const valueHeads = builder.setting('ssm.time_step_rank');
  const valueLength = inner / valueHeads;
  const kernel = builder.need(`${block}.ssm_conv1d.weight`);
  const [kernelLength, channels] = kernel.shape;
  const kept = kernelLength - 1;
  const convolutionStates = builder.states(index, kept * channels, sequences);
  const states = builder.states(index, keyLength * inner, sequences);

  const flat = mulMat(builder.need(`${block}.attn_qkv.weight`), x);
  const mixed = reshape(flat, flat.shape[0], each, sequences);
  const z = mulMat(builder.need(`${block}.attn_gate.weight`), x);
  const { beta, gate } = gates(builder, x, block, { keyHeads, valueHeads, each });

  const read = readStates(builder, inputs, convolutionStates, kept * channels);
  const window = concat(reshape(read, kept, channels, sequences), transpose(mixed));
  graph.expand(
    copyTo(view(window, [kept, channels, sequences]), view(convolutionStates, [kept * channels, sequences])),
  );
  const own = readStates(builder, inputs, states, keyLength * inner);
  const state = reshape(own, valueLength, valueLength, valueHeads, sequences);
  const convolved = unary(ssmConv(window, kernel));
  const part = (length: number, heads: number): Tensor => {
    const row = 4 * channels;
    return view(convolved, [length, heads, each, sequences], [4, 4 * length, row, row * each]);
  };
  const normed = (heads: Tensor): Tensor => scale(like('rms_norm', heads));
  const [q, k] = [0, 1].map(() =>
    asManyAsValues(builder, normed(part(keyLength, keyHeads)), { keyLength, keyHeads, valueHeads, each }),
  ) as [Tensor, Tensor];
  const v = part(valueLength, valueHeads);

  const result = gatedDeltaNet(q, k, v, gate, beta, state);
  const row = 4 * valueLength;
  const output = view(
    result,
    [valueLength, valueHeads, each, sequences],
    [4, row, row * valueHeads, row * valueHeads * each],
  );
  const newState = view(
    result,
    [valueLength, valueLength, valueHeads, sequences],
    [4, row, row * valueLength, row * valueLength * valueHeads],
  );
  graph.expand(copyTo(newState, view(states, [keyLength * inner, sequences])));

  const open = unary(reshape(z, valueLength, valueHeads, each, sequences));
  const gated = mul(builder.norm(output, `${block}.ssm_norm`), open);
  const out = mulMat(builder.need(`${block}.ssm_out.weight`), reshape(gated, inner, each, sequences));
  return reshape(out, out.shape[0], batch.tokens);
}

interface Heads {
  readonly keyHeads: number;
  readonly valueHeads: number;
  /** Tokens of each sequence. */
  readonly each: number;
}

/** How much of the state each token keeps, and how much it writes: from one matrix for both, or one for each. */
function gates(
  builder: Builder,
  x: Tensor,
  block: string,
  { keyHeads, valueHeads, each }: Heads,
): { readonly beta: Tensor; readonly gate: Tensor } {
  const { sequences } = builder.batch;
  const both = builder.find(`${block}.ssm_ba.weight`);
  let beta: Tensor;
  let alpha: Tensor;
  if (both === null) {
    beta = unary(reshape(mulMat(builder.need(`${block}.ssm_beta.weight`), x), 1, valueHeads, each, sequences));
    alpha = reshape(mulMat(builder.need(`${block}.ssm_alpha.weight`), x), valueHeads, each, sequences);
  } else {
    const perKey = valueHeads / keyHeads;
    const made = reshape(mulMat(both, x), 2 * perKey, keyHeads, each, sequences);
    const half = (): Tensor => view(made, [perKey, keyHeads, each, sequences]);
    beta = reshape(unary(cont(half())), 1, valueHeads, each, sequences);
    alpha = cont(half(), valueHeads, each, sequences);
  }
  const steps = unary(add(alpha, builder.need(`${block}.ssm_dt.bias`)));
  return { beta, gate: reshape(mul(steps, builder.need(`${block}.ssm_a`)), 1, valueHeads, each, sequences) };
}

/** Qwen3-Next repeats the heads of queries and keys until there are as many as of values. */
function asManyAsValues(
  builder: Builder,
  heads: Tensor,
  { keyLength, keyHeads, valueHeads, each }: Heads & { readonly keyLength: number },
): Tensor {
  if (keyHeads === valueHeads || builder.architecture.name !== 'qwen3next') return heads;
  const { tokens, sequences } = builder.batch;
  const times = valueHeads / keyHeads;
  const repeated = repeat(reshape(heads, keyLength, 1, keyHeads, tokens), keyLength, times, keyHeads, tokens);
  return reshape(repeated, keyLength, valueHeads, each, sequences);
}
