import { Tensor } from './tensor.js';
import type { CacheKind, ElementType, Operation, Shape } from './tensor.js';

/** Results as ggml makes them. Source of shapes and of the order of operands: llama.cpp v0.5.0 `ggml/src/ggml.c`. */

/** An input, which is filled from outside before each batch. */
export const input = (type: ElementType, ...shape: readonly number[]): Tensor =>
  new Tensor('none', type, filled(shape), { isInput: true });

/** Which cells of a cache each token of the batch sees. */
export const maskInput = (kind: CacheKind, type: ElementType, ...shape: readonly number[]): Tensor =>
  new Tensor('none', type, filled(shape), { isInput: true, perCell: kind });

/** How much each head's query looks at each cell. */
export const scores = (keys: Tensor, queries: Tensor): Tensor =>
  new Tensor('mul_mat', 'f32', [keys.shape[1], queries.shape[1], queries.shape[2], queries.shape[3]], {
    sources: [keys, queries],
    perCell: keys.perCell,
  });

export const softMax = (of: Tensor, mask: Tensor, sinks: Tensor | null): Tensor =>
  like('soft_max', of, mask, ...(sinks === null ? [] : [sinks]));

/** A copy of cached values with rows and columns exchanged. */
export const transposedCopy = (values: Tensor, type: 'f16' | 'f32'): Tensor => {
  const turned = transpose(values);
  return new Tensor('cont', type, turned.shape, { sources: [turned], perCell: turned.perCell });
};

/** A copy as 16-bit floats. Source: the same file, `ggml_cast`. */
export const halved = (a: Tensor): Tensor => new Tensor('cpy', 'f16', a.shape, { sources: [a], perCell: a.perCell });

export const weight = (of: string, shape: readonly number[], place: number): Tensor =>
  new Tensor('none', 'f32', filled(shape), { store: { place, kind: 'weight', of } });

/** Keys or values of a layer; `of` says what decides how many bytes one has. */
export const cache = (place: number, of: string, kind: CacheKind, ...shape: readonly number[]): Tensor =>
  new Tensor('none', 'f32', filled(shape), { store: { place, kind: 'cache', of }, perCell: kind });

/** What recurrent layers keep between batches. */
export const state = (place: number, ...shape: readonly number[]): Tensor =>
  new Tensor('none', 'f32', filled(shape), { store: { place, kind: 'cache', of: null } });

/** All of a cache in another shape. */
export const cacheView = (of: Tensor, shape: readonly number[]): Tensor =>
  new Tensor('view', of.type, filled(shape), { sources: [of], within: of, bytes: of.bytes, perCell: of.perCell });

const filled = ([n0 = 1, n1 = 1, n2 = 1, n3 = 1]: readonly number[]): Shape => [n0, n1, n2, n3];

/** A result of the shape of the first operand: `add`, `mul`, `rms_norm`, `rope`, `scale`, `unary` and others. */
export const like = (operation: Operation, first: Tensor, ...more: readonly Tensor[]): Tensor =>
  new Tensor(operation, first.type, first.shape, { sources: [first, ...more], perCell: first.perCell });

export const add = (a: Tensor, b: Tensor): Tensor => like('add', a, b);
export const mul = (a: Tensor, b: Tensor): Tensor => like('mul', a, b);
export const scale = (a: Tensor): Tensor => like('scale', a);
export const unary = (a: Tensor): Tensor => like('unary', a);
/** Values that come near a limit, but never to it. */
export const capped = (a: Tensor): Tensor => scale(unary(scale(a)));
/** A gate, activated, times values. */
export const glu = (gate: Tensor, values: Tensor): Tensor => like('glu', gate, values);
/** The same of gate and values that lie side by side in each row. */
export const gluOfHalves = (both: Tensor): Tensor => {
  const [n0, n1, n2, n3] = both.shape;
  return new Tensor('glu', both.type, [n0 / 2, n1, n2, n3], { sources: [both] });
};

export const mulMat = (matrix: Tensor, x: Tensor): Tensor =>
  new Tensor('mul_mat', 'f32', [matrix.shape[1], x.shape[1], x.shape[2], x.shape[3]], { sources: [matrix, x] });

/** Each token times the matrices that `ids` chose for it. */
export const mulMatId = (matrices: Tensor, x: Tensor, ids: Tensor): Tensor =>
  new Tensor('mul_mat_id', 'f32', [matrices.shape[1], ids.shape[0], x.shape[2], 1], { sources: [matrices, x, ids] });

export const getRows = (from: Tensor, ids: Tensor): Tensor =>
  new Tensor(
    'get_rows',
    from.type === 'i32' ? 'i32' : 'f32',
    [from.shape[0], ids.shape[0], ids.shape[1], ids.shape[2]],
    {
      sources: [from, ids],
    },
  );

/** Writes rows into a tensor that lies elsewhere. */
export const setRows = (into: Tensor, rows: Tensor, ids: Tensor): Tensor =>
  new Tensor('set_rows', into.type, into.shape, {
    sources: [rows, ids, into],
    within: into,
    strides: into.strides,
  });

export const copyTo = (from: Tensor, into: Tensor): Tensor =>
  new Tensor('cpy', into.type, into.shape, { sources: [from, into], within: into, strides: into.strides });

/** The same values without gaps, in another shape if one is given. */
export const cont = (a: Tensor, ...shape: readonly number[]): Tensor =>
  new Tensor('cont', a.type, shape.length === 0 ? a.shape : filled(shape), { sources: [a] });

export const sumRows = (a: Tensor): Tensor =>
  new Tensor('sum_rows', a.type, [1, a.shape[1], a.shape[2], a.shape[3]], { sources: [a] });

export const argsort = (a: Tensor): Tensor => new Tensor('argsort', 'i32', a.shape, { sources: [a] });

export const repeat = (a: Tensor, ...shape: readonly number[]): Tensor =>
  new Tensor('repeat', a.type, filled(shape), { sources: [a] });

/** Longer rows, filled up. */
export const pad = (a: Tensor, length: number): Tensor =>
  new Tensor('pad', a.type, [length, a.shape[1], a.shape[2], a.shape[3]], { sources: [a] });

/** One tensor behind the other in the first dimension. */
export const concat = (a: Tensor, b: Tensor): Tensor =>
  new Tensor('concat', a.type, [a.shape[0] + b.shape[0], a.shape[1], a.shape[2], a.shape[3]], { sources: [a, b] });

/** Some of a tensor; strides in bytes, those of the tensor itself by default. */
export const view = (of: Tensor, shape: readonly number[], strides: Shape = of.strides): Tensor =>
  new Tensor('view', of.type, filled(shape), { sources: [of], within: of, strides, perCell: of.perCell });

export const reshape = (a: Tensor, ...shape: readonly number[]): Tensor =>
  new Tensor('reshape', a.type, filled(shape), { sources: [a], within: a, bytes: a.bytes });

/** Heads and tokens change places. */
export const swapMiddle = (a: Tensor): Tensor => {
  const [[n0, n1, n2, n3], [s0, s1, s2, s3]] = [a.shape, a.strides];
  return new Tensor('permute', a.type, [n0, n2, n1, n3], {
    sources: [a],
    within: a,
    strides: [s0, s2, s1, s3],
    bytes: a.bytes,
    perCell: a.perCell,
  });
};

export const transpose = (a: Tensor): Tensor => {
  const [[n0, n1, n2, n3], [s0, s1, s2, s3]] = [a.shape, a.strides];
  return new Tensor('transpose', a.type, [n1, n0, n2, n3], {
    sources: [a],
    within: a,
    strides: [s1, s0, s2, s3],
    bytes: a.bytes,
    perCell: a.perCell,
  });
};

export const flashAttention = (q: Tensor, k: Tensor, v: Tensor, mask: Tensor, sinks: Tensor | null = null): Tensor =>
  new Tensor('flash_attn', 'f32', [v.shape[0], q.shape[2], q.shape[1], q.shape[3]], {
    sources: sinks === null ? [q, k, v, mask] : [q, k, v, mask, sinks],
  });

export const ssmConv = (window: Tensor, kernel: Tensor): Tensor =>
  new Tensor('ssm_conv', 'f32', [kernel.shape[1], window.shape[0] - kernel.shape[0] + 1, window.shape[2], 1], {
    sources: [window, kernel],
  });

/** Result and new states of a state-space scan, in one row. */
export const ssmScan = (
  states: Tensor,
  x: Tensor,
  steps: Tensor,
  a: Tensor,
  b: Tensor,
  c: Tensor,
  ids: Tensor,
): Tensor => {
  const [n0, n1, n2] = states.shape;
  const values = x.shape[0] * x.rows + n0 * n1 * n2 * ids.shape[0];
  return new Tensor('ssm_scan', 'f32', [values, 1, 1, 1], { sources: [states, x, steps, a, b, c, ids] });
};

/** Result and new states of a gated delta net. */
export const gatedDeltaNet = (q: Tensor, k: Tensor, v: Tensor, gate: Tensor, beta: Tensor, state: Tensor): Tensor => {
  const [size, heads, tokens, sequences] = v.shape;
  return new Tensor('gated_delta_net', 'f32', [size * heads, tokens * sequences + size * sequences, 1, 1], {
    sources: [q, k, v, gate, beta, state],
  });
};
