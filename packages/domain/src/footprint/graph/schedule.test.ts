import { expect, test } from 'vitest';
import { ComputeGraph } from './compute-graph.js';
import { layOut } from './lay-out.js';
import { add, input, like, mulMat, weight } from './operations.js';
import { divide, inOrder } from './schedule.js';
import type { Machine } from './schedule.js';
import { ScratchProgram } from './scratch-program.js';

const MACHINE: Machine = { devices: 1, batches: 1, supports: () => true };
const SIZES = {
  cells: { full: 256, window: 256 },
  keyBytes: 2,
  valueBytes: 2,
  weights: { sizes: new Map([['far', 4096]]) },
};
const schedule = (graph: ComputeGraph, machine: Machine) =>
  inOrder(divide(graph, machine), (nodes) => ({ nodes, keep: new Map() }));
const run = (graph: ComputeGraph, machine: Machine): readonly number[] =>
  new ScratchProgram(layOut(schedule(graph, machine)), [32, 32]).run(SIZES);

/** A result of `rows` rows and 64 values by a matrix in the given place. */
function product(place: number, rows: number): ComputeGraph {
  const graph = new ComputeGraph();
  graph.expand(mulMat(weight('far', [64, 64], place), input('f32', 64, rows)));
  return graph;
}

test('a device computes large batches with matrices of the host, which it fetches', () => {
  // Copies of the matrix and of the input, and the result.
  expect(run(product(1, 32), MACHINE)).toEqual([4096 + 2 * 64 * 4 * 32, 64 * 4 * 32]);
});

test('small batches stay where their matrix is', () => {
  expect(run(product(1, 31), MACHINE)).toEqual([0, 2 * 64 * 4 * 31]);
});

test('what a device cannot compute the host does, with copies of what it reads', () => {
  const graph = product(0, 8);
  const [made] = graph.nodes;
  if (made === undefined) throw new Error('no result');
  graph.expand(like('sqr', made));
  const machine: Machine = { ...MACHINE, supports: ({ operation }) => operation !== 'sqr' };
  // On the device the input and the result; on the host the input, and later a copy of the result, squared in place.
  expect(run(graph, machine)).toEqual([2 * 64 * 4 * 8, 64 * 4 * 8]);
});

test('batches in flight keep the inputs that something reads', () => {
  const graph = product(0, 8);
  graph.expand(input('f32', 64, 8));
  const flying = run(graph, { ...MACHINE, batches: 4 });
  // The input that nothing reads is there once.
  expect(flying).toEqual([4 * 64 * 4 * 8 + 64 * 4 * 8, (4 + 1) * 64 * 4 * 8]);
});

test('a result takes the place of an operand that nothing else reads', () => {
  const graph = new ComputeGraph();
  const x = input('f32', 64, 8);
  const made = mulMat(weight('near', [64, 64], 0), x);
  graph.expand(add(made, like('sqr', x)));
  const { slots } = layOut(schedule(graph, { ...MACHINE, devices: 0 }));
  // The input, and what is made of it.
  expect(slots).toHaveLength(2);
});
