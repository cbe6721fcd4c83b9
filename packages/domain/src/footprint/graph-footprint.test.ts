import { describe, expect, test } from 'vitest';
import { transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { JUDGED_MODELS } from '../planning/__fixtures__/judged-models.js';
import { createFootprintModel } from './footprint-model.js';
import type { RunShape } from './operating-point.js';

const header = transformerHeader(JUDGED_MODELS['Granite 4.0 H Tiny 7B']);
const model = createFootprintModel(header);
const base: RunShape = {
  contextTokens: 8192,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
};

/** Source: llama.cpp v0.5.0 (node-llama-cpp 3.22.1), a header-only file of Granite 4.0 H Tiny, no device. */
test.each<readonly [string, Partial<RunShape>, number]>([
  ['flash attention', {}, 61_878_336],
  ['scores', { flashAttention: 'off' }, 235_937_856],
  ['a quantized cache', { keyCacheType: 'q8_0', valueCacheType: 'q8_0' }, 61_960_256],
  ['three sequences', { contextTokens: 300, parallel: 3 }, 54_119_616],
])('a hybrid with experts, %s: the bytes that the engine takes', (_, change, bytes) => {
  expect(model.footprint('file', { ...base, ...change }).host.computeBytes).toBe(bytes);
});

describe('a hybrid with experts on a device', () => {
  const on = (gpuLayers: number, expertLayersOnHost: number): RunShape => ({
    ...base,
    placement: { gpuLayers, split: [1], expertLayersOnHost },
  });
  const device = (shape: RunShape): number => model.footprint('file', shape).devices[0]?.computeBytes ?? 0;

  test('fetches matrices that the host holds, the largest of which is a stack of experts', () => {
    const stack = header.tensors.find(({ name }) => name.endsWith('ffn_up_exps.weight'))?.bytes ?? 0;
    const whole = device(on(41, 0));
    expect(stack).toBeGreaterThan(0);
    expect(device(on(41, 10))).toBeGreaterThan(whole + stack / 2);
    expect(device(on(20, 0))).toBeGreaterThan(whole + stack / 2);
  });

  test('takes the same at every number of layers with the same neighbours', () => {
    expect(device(on(23, 0))).toBe(device(on(22, 0)));
  });

  test('is not taken for the processor, which the same model is asked about next', () => {
    const fresh = createFootprintModel(header);
    const withDevice = fresh.footprint('file', on(41, 0)).host.computeBytes;
    expect(fresh.footprint('file', base).host.computeBytes).toBe(61_878_336);
    expect(fresh.footprint('file', on(41, 0)).host.computeBytes).toBe(withDevice);
  });

  test('fetches less when weights are quantized', () => {
    const at = (level: 'F16' | 'Q4_0'): number => model.footprint(level, on(20, 0)).devices[0]?.computeBytes ?? 0;
    expect(at('Q4_0')).toBeLessThan(at('F16'));
  });
});

test('a file without what its graph is made of is counted by the closed form', () => {
  const less = { ...header, tensors: header.tensors.filter(({ name }) => !name.endsWith('ssm_in.weight')) };
  const { host } = createFootprintModel(less).footprint('file', base);
  expect(host.computeBytes).toBeGreaterThan(0);
  expect(host.computeBytes).not.toBe(61_878_336);
});
