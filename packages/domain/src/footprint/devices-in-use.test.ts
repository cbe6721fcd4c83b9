import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { createLoadedModel } from './companions.js';
import { createFootprintModel } from './footprint-model.js';

const header = transformerHeader(SHAPES.llama31With8B);
const shape = {
  ...({ contextTokens: 8192, parallel: 1, microBatchTokens: 512 } as const),
  ...({ keyCacheType: 'f16', valueCacheType: 'f16', flashAttention: 'on' } as const),
};
const placement = (split: readonly number[]): typeof placed => ({ ...placed, split });
const placed = { gpuLayers: 33, split: [1] as readonly number[], expertLayersOnHost: 0 };

test.each([
  ['a model', createFootprintModel(header)],
  ['a model with one that drafts for it', createLoadedModel(header, { draft: header })],
])('devices without a share hold nothing of %s and change nothing of the rest', (_, model) => {
  const alone = model.footprint('Q4_K_M', { ...shape, placement: placement([1]) });
  const third = model.footprint('Q4_K_M', { ...shape, placement: placement([0, 0, 1, 0]) });
  expect(third.devices.map(({ totalBytes }) => totalBytes)).toEqual([
    0,
    0,
    alone.totalBytes - alone.host.totalBytes,
    0,
  ]);
  expect(third).toEqual({
    ...alone,
    devices: [third.devices[0], third.devices[0], alone.devices[0], third.devices[0]],
  });
  const two = model.footprint('Q4_K_M', { ...shape, placement: placement([0.7, 0.3]) });
  const parted = model.footprint('Q4_K_M', { ...shape, placement: placement([0.7, 0, 0.3]) });
  expect(parted.devices.toSpliced(1, 1)).toEqual(two.devices);
  expect(parted.host).toEqual(two.host);
});

test('a split that gives no device a share is still refused', () => {
  const model = createFootprintModel(header);
  expect(() => model.footprint('Q4_K_M', { ...shape, placement: placement([0, 0]) })).toThrow('no device a share');
});
