import type { Builder } from './builder.js';
import {
  add,
  concat,
  cont,
  copyTo,
  glu,
  mul,
  mulMat,
  reshape,
  ssmConv,
  ssmScan,
  transpose,
  unary,
  view,
} from './operations.js';
import { readStates } from './states.js';
import type { StateInputs } from './states.js';
import type { Shape, Tensor } from './tensor.js';

const BYTES = 4;

/** Strides of a piece of `of`, cut in its first dimension to rows of `parts`. */
const cut = (of: Tensor, first: number): Shape => [BYTES, BYTES * first, of.strides[1], of.strides[2]];
const same = (of: Tensor): Shape => [BYTES, of.strides[1], of.strides[2], of.strides[3]];

/** A Mamba layer. Source: llama.cpp v0.5.0 `src/models/mamba-base.cpp`, `build_mamba_layer`. */
export function mamba(builder: Builder, inputs: StateInputs, x: Tensor, index: number): Tensor {
  const { graph, batch } = builder;
  const { sequences } = batch;
  const each = batch.tokens / sequences;
  const block = `blk.${String(index)}`;
  const kernel = builder.need(`${block}.ssm_conv1d.weight`);
  const [kernelLength, inner] = kernel.shape;
  const [state] = builder.need(`${block}.ssm_a`).shape;
  const rank = builder.need(`${block}.ssm_dt.weight`).shape[0];
  const kept = kernelLength - 1;
  const convolutionStates = builder.states(index, kept * inner, sequences);
  const states = builder.states(index, state * inner, sequences);

  const read = readStates(builder, inputs, convolutionStates, kept * inner);
  const before = reshape(read, kept, inner, sequences);
  const projected = mulMat(builder.need(`${block}.ssm_in.weight`), reshape(x, x.shape[0], each, sequences));
  const values = view(projected, [inner, each, sequences], same(projected));
  const gate = view(projected, [inner, each, sequences], same(projected));
  const window = concat(before, transpose(values));
  const last = view(window, [kept, inner, sequences]);
  graph.expand(copyTo(last, view(convolutionStates, [kept * inner * sequences])));
  const convolved = unary(add(ssmConv(window, kernel), builder.need(`${block}.ssm_conv1d.bias`)));

  const mixed = mulMat(builder.need(`${block}.ssm_x.weight`), convolved);
  let steps = view(mixed, [rank, each, sequences]);
  let [b, c] = [0, 1].map(() => view(mixed, [state, 1, each, sequences], cut(mixed, state))) as [Tensor, Tensor];
  if (builder.find(`${block}.ssm_dt_norm.weight`) === null) {
    steps = cont(steps);
  } else {
    steps = builder.norm(steps, `${block}.ssm_dt_norm`);
    b = builder.norm(b, `${block}.ssm_b_norm`);
    c = builder.norm(c, `${block}.ssm_c_norm`);
  }
  steps = builder.project(steps, `${block}.ssm_dt`);
  const heads = reshape(convolved, 1, inner, each, sequences);
  const scanned = readStates(builder, inputs, states, state * inner, (rows, ids) =>
    ssmScan(reshape(rows, state, 1, inner, sequences), heads, steps, builder.need(`${block}.ssm_a`), b, c, ids),
  );
  graph.expand(copyTo(view(scanned, [state * inner * sequences]), view(states, [state * inner * sequences])));
  const result = view(scanned, [inner, each, sequences], [BYTES, heads.strides[2], heads.strides[3], 0]);
  const sum = add(result, mul(convolved, builder.need(`${block}.ssm_d`)));
  const out = mulMat(builder.need(`${block}.ssm_out.weight`), glu(cont(gate), sum));
  return reshape(out, out.shape[0], batch.tokens);
}

/** A Mamba 2 layer. Source: the same file, `build_mamba2_layer`. */
export function mamba2(builder: Builder, inputs: StateInputs, x: Tensor, index: number): Tensor {
  const { graph, batch } = builder;
  const { sequences } = batch;
  const each = batch.tokens / sequences;
  const block = `blk.${String(index)}`;
  const kernel = builder.need(`${block}.ssm_conv1d.weight`);
  const [kernelLength, convolvedWidth] = kernel.shape;
  const inner = builder.need(`${block}.ssm_out.weight`).shape[0];
  const heads = builder.need(`${block}.ssm_dt.bias`).shape[0];
  const head = inner / heads;
  const groups = builder.setting('ssm.group_count');
  const state = builder.setting('ssm.state_size');
  const kept = kernelLength - 1;
  const convolutionStates = builder.states(index, kept * convolvedWidth, sequences);
  const states = builder.states(index, state * inner, sequences);

  const read = readStates(builder, inputs, convolutionStates, kept * convolvedWidth);
  const before = reshape(read, kept, convolvedWidth, sequences);
  const flat = mulMat(builder.need(`${block}.ssm_in.weight`), x);
  const projected = reshape(flat, flat.shape[0], each, sequences);
  const gate = view(projected, [head, heads, each, sequences], cut(projected, head));
  const values = view(projected, [convolvedWidth, each, sequences], same(projected));
  const rawSteps = view(projected, [heads, each, sequences], same(projected));
  const window = concat(before, transpose(values));
  graph.expand(
    copyTo(
      view(window, [kept, convolvedWidth, sequences]),
      view(convolutionStates, [kept * convolvedWidth, sequences]),
    ),
  );
  let convolved = ssmConv(window, kernel);
  const bias = builder.find(`${block}.ssm_conv1d.bias`);
  if (bias !== null) convolved = add(convolved, bias);
  convolved = unary(convolved);

  const scannedValues = view(convolved, [head, heads, each, sequences], cut(convolved, head));
  const [b, c] = [0, 1].map(() => view(convolved, [state, groups, each, sequences], cut(convolved, state))) as [
    Tensor,
    Tensor,
  ];
  const steps = add(cont(rawSteps), builder.need(`${block}.ssm_dt.bias`));
  const scanned = readStates(builder, inputs, states, state * inner, (rows, ids) =>
    ssmScan(
      reshape(rows, state, head, heads, sequences),
      scannedValues,
      steps,
      builder.need(`${block}.ssm_a`),
      b,
      c,
      ids,
    ),
  );
  graph.expand(copyTo(view(scanned, [state * inner, sequences, 1]), view(states, [state * inner, sequences, 1])));
  const result = view(
    scanned,
    [head, heads, each, sequences],
    [BYTES, BYTES * head, BYTES * inner, BYTES * inner * each],
  );
  const sum = add(result, mul(scannedValues, builder.need(`${block}.ssm_d`)));
  let gated = glu(cont(gate), sum);
  if (builder.find(`${block}.ssm_norm.weight`) !== null) {
    gated = builder.norm(reshape(gated, inner / groups, groups, each, sequences), `${block}.ssm_norm`);
  }
  return mulMat(builder.need(`${block}.ssm_out.weight`), reshape(gated, inner, batch.tokens));
}
