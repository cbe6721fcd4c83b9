import { expect, test } from 'vitest';
import { ComputeGraph } from './compute-graph.js';
import { add, argsort, getRows, input, like, mul, mulMat, reshape, unary, view, weight } from './operations.js';
import type { Tensor } from './tensor.js';
import { vulkanOrder } from './vulkan-order.js';

const operations = (nodes: readonly Tensor[]): readonly string[] => nodes.map(({ operation }) => operation);

test('what depends on nothing that is still to be computed is computed ahead', () => {
  const graph = new ComputeGraph();
  const x = input('f32', 64, 8);
  const first = mulMat(weight('a', [64, 64], 0), x);
  const second = mulMat(weight('c', [64, 64], 0), unary(mulMat(weight('b', [64, 64], 0), first)));
  const aside = mulMat(weight('d', [64, 64], 0), x);
  graph.expand(add(second, aside));
  expect(operations(graph.nodes)).toEqual(['mul_mat', 'mul_mat', 'unary', 'mul_mat', 'mul_mat', 'add']);
  const { nodes } = vulkanOrder(graph.nodes);
  expect(nodes.slice(0, 2)).toEqual([first, aside]);
});

test('a norm and its weights stay together', () => {
  const graph = new ComputeGraph();
  const x = input('f32', 64, 8);
  const normed = mul(like('rms_norm', x), weight('norm', [64], 0));
  graph.expand(normed);
  graph.expand(mulMat(weight('a', [64, 64], 0), x));
  expect(operations(vulkanOrder(graph.nodes).nodes)).toEqual(['rms_norm', 'mul', 'mul_mat']);
});

test('what the choice of experts reads is kept until it is made', () => {
  const graph = new ComputeGraph();
  const logits = graph.expand(mulMat(weight('router', [64, 16], 0), input('f32', 64, 8)));
  const chances = like('soft_max', logits);
  const rows = graph.expand(reshape(chances, 1, 16, 8));
  const chosen = graph.expand(getRows(rows, view(argsort(chances), [4, 8])));
  expect(operations(graph.nodes)).toEqual(['mul_mat', 'soft_max', 'reshape', 'argsort', 'view', 'get_rows']);
  const { keep } = vulkanOrder(graph.nodes);
  expect([...keep.keys()]).toEqual([chosen]);
  expect(keep.get(chosen)).toContain(logits);
});
