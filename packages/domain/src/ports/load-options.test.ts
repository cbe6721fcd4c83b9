import { expect, test } from 'vitest';
import { loadOptionsOf, mergeLoadOptions } from './load-options.js';

const point = {
  quantization: { kind: 'preset', level: 'Q4_K_M' },
  contextTokens: 8192,
  parallel: 4,
  microBatchTokens: 256,
  keyCacheType: 'q8_0',
  valueCacheType: 'q4_0',
  flashAttention: 'on',
  placement: { gpuLayers: 20, split: [0.75, 0.25], expertLayersOnHost: 6 },
} as const;

test('a point is loaded as it is, the quantization being the file', () => {
  const { quantization, ...shape } = point;
  expect(quantization.level).toBe('Q4_K_M');
  expect(loadOptionsOf(point)).toEqual(shape);
});

test('what a request says wins, what it leaves open stays', () => {
  const base = { ...loadOptionsOf(point), threads: 3 };
  const asked = { contextTokens: 512, keyCacheType: undefined, placement: { gpuLayers: 0, split: undefined } };
  expect(mergeLoadOptions(base, asked)).toEqual({
    ...base,
    contextTokens: 512,
    placement: { gpuLayers: 0, split: [0.75, 0.25], expertLayersOnHost: 6 },
  });
  expect(mergeLoadOptions({}, { contextTokens: undefined, placement: {} })).toEqual({});
  expect(mergeLoadOptions(base, undefined)).toBe(base);
});
