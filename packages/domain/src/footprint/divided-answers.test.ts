import { expect, it } from 'vitest';
import { transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { DIVIDED_ANSWERS, SMALL_TRANSFORMERS } from './__fixtures__/divided-answers.js';
import { createFootprintModel } from './footprint-model.js';
import type { RunShape } from './operating-point.js';

const divided = (gpuLayers: number, expertLayersOnHost = 0): RunShape => ({
  contextTokens: 4096,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers, split: [1], expertLayersOnHost },
});

it.each(DIVIDED_ANSWERS)(
  '%s, %i layers on a device and the experts of %i on the host, a cache of %s, flash attention %s: the engine’s bytes',
  (name, gpuLayers, expertLayersOnHost, cache, flashAttention, deviceBytes, hostBytes) => {
    const model = createFootprintModel(transformerHeader(SMALL_TRANSFORMERS[name]));
    const types = { keyCacheType: cache, valueCacheType: cache };
    const shape = { ...divided(gpuLayers, expertLayersOnHost), ...types, flashAttention };
    const { devices, host } = model.footprint('file', shape);
    expect([devices[0]?.computeBytes, host.computeBytes]).toEqual([deviceBytes, hostBytes]);
  },
);

// Source: as of the answers above. Freed memory fits better what comes next, which no formula sees.
it('a longer context takes less scratch memory where the engine says so', () => {
  const model = createFootprintModel(transformerHeader(SMALL_TRANSFORMERS.llama));
  const bytes = (contextTokens: number) =>
    model.footprint('file', { ...divided(1), contextTokens }).devices[0]?.computeBytes;
  expect(bytes(512)).toBe(10_815_488);
  expect(bytes(768)).toBe(10_717_184);
});
