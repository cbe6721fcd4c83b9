import type { Builder } from './builder.js';
import { concat, copyTo, mul, mulMat, reshape, ssmConv, transpose, view } from './operations.js';
import { readStates } from './states.js';
import type { StateInputs } from './states.js';
import type { Tensor } from './tensor.js';

/** A short convolution between two gates. Source: llama.cpp v0.5.0 `src/models/lfm2.cpp`, `build_shortconv_block`. */
export function shortConvolution(builder: Builder, inputs: StateInputs, x: Tensor, index: number): Tensor {
  const { graph, batch } = builder;
  const { sequences } = batch;
  const each = batch.tokens / sequences;
  const block = `blk.${String(index)}.shortconv`;
  const kernel = builder.need(`${block}.conv.weight`);
  const [kernelLength, width] = kernel.shape;
  const kept = kernelLength - 1;
  const states = builder.states(index, kept * width, sequences);

  const projected = mulMat(builder.need(`${block}.in_proj.weight`), reshape(x, x.shape[0], each, sequences));
  const [before, after, values] = [0, 1, 2].map(() => view(projected, [width, each, sequences], projected.strides)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const gated = transpose(mul(before, values));
  const read = readStates(builder, inputs, states, kept * width);
  const window = concat(reshape(read, kept, width, sequences), gated);
  graph.expand(copyTo(view(window, [kept, width, sequences]), view(states, [kept * width, sequences])));
  const result = mulMat(builder.need(`${block}.out_proj.weight`), mul(after, ssmConv(window, kernel)));
  return reshape(result, result.shape[0], batch.tokens);
}
