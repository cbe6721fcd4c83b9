import { expect, test } from 'vitest';
import { createFootprintModel } from '../footprint/footprint-model.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { memoryBudget } from './budget.js';
import { candidatesOf } from './candidates.js';
import { fitOf } from './fit.js';
import type { PlanRequest } from './plan-request.js';
import { offloadableLayers } from './placement.js';

const GIB = 1024 ** 3;

test.each([6, 10, 16])('experts layer by layer: on %s GB no other number that fits is as few', (gib) => {
  const model = createFootprintModel(transformerHeader(SHAPES.qwen3With30BA3B));
  const budget = memoryBudget({
    devices: [{ name: 'card', memory: 'dedicated', totalBytes: gib * GIB, freeBytes: null }],
    host: { totalBytes: 64 * GIB, freeBytes: null },
    marginFraction: 0.1,
    limitBytes: null,
  });
  const request: PlanRequest = {
    model: { name: 'm', architecture: 'a', parameters: null, contextLength: 8192, source: 's' },
    architecture: model.architecture,
    footprint: model.footprint,
    budget,
    machine: {
      devices: [{ bandwidthBytesPerSecond: 288e9, fp16Tflops: null, kind: 'ada' }],
      host: { bandwidthBytesPerSecond: 60e9, fp16Tflops: null, kind: 'processor' },
    },
    levels: ['Q4_K_M'],
    cacheTypes: [{ keyCacheType: 'q8_0', valueCacheType: 'q8_0' }],
    contexts: [8192],
  };
  const [found] = candidatesOf(request);
  const all = offloadableLayers(request);
  expect(found?.shape.placement.gpuLayers).toBe(all);
  const fitting = Array.from({ length: all }, (_, experts) => experts).filter((expertLayersOnHost) => {
    const shape = { ...found!.shape, placement: { ...found!.shape.placement, expertLayersOnHost } };
    return fitOf(model.footprint('Q4_K_M', shape), budget, null).deviceShortBytes === 0;
  });
  expect(found?.shape.placement.expertLayersOnHost).toBe(fitting[0]);
});
