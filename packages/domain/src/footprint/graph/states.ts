import type { Builder } from './builder.js';
import { copyTo, getRows, input, reshape, view } from './operations.js';
import { Tensor } from './tensor.js';

/** Which state each sequence starts from. */
export interface StateInputs {
  readonly own: Tensor;
  /** Of sequences beside those of the batch; there are none in one that memory is laid out for. */
  readonly others: Tensor;
}

/** Source: llama.cpp v0.5.0 `src/llama-graph.cpp`, `build_rs_inp_impl`. */
export function stateInputs({ batch: { sequences } }: Builder): StateInputs {
  const all = input('i32', sequences);
  return { own: view(all, [sequences]), others: view(all, [0]) };
}

/** Reads the states of the batch's sequences, by `read` or as rows. Source: the same file, `build_rs`. */
export function readStates(
  { graph, batch: { sequences } }: Builder,
  inputs: StateInputs,
  states: Tensor,
  values: number,
  read: (states: Tensor, ids: Tensor) => Tensor = getRows,
): Tensor {
  const rows = reshape(states, values, sequences);
  const first = view(rows, [values]);
  graph.expand(new Tensor('scale', first.type, first.shape, { sources: [first], within: first }));
  const result = graph.expand(read(rows, inputs.own));
  graph.expand(copyTo(getRows(rows, inputs.others), view(states, [values, 0])));
  return result;
}
