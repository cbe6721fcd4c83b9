import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { createFootprintModel } from './footprint-model.js';
import type { MemoryUse } from './footprint.js';
import type { RunShape } from './operating-point.js';

const MODELS = Object.values(SHAPES).map((shape) => createFootprintModel(transformerHeader(shape)));
const model = fc.constantFrom(...MODELS);
const level = fc.constantFrom('F16', 'Q8_0', 'Q4_K_M', 'Q2_K', 'IQ2_XS' as const);
const shape: fc.Arbitrary<RunShape> = fc.record({
  contextTokens: fc.integer({ min: 1, max: 1_048_576 }),
  parallel: fc.integer({ min: 1, max: 64 }),
  microBatchTokens: fc.integer({ min: 1, max: 4096 }),
  keyCacheType: fc.constantFrom('f32', 'f16', 'q8_0', 'q4_0'),
  valueCacheType: fc.constantFrom('f32', 'f16', 'bf16'),
  flashAttention: fc.constantFrom('on', 'off', 'auto'),
  placement: fc.record({
    gpuLayers: fc.integer({ min: 0, max: 100 }),
    split: fc.constantFrom([], [1], [0.5, 0.5], [3, 1], [0.2, 0.3, 0.5]),
    expertLayersOnHost: fc.integer({ min: 0, max: 100 }),
  }),
});
const sum = (use: MemoryUse): number =>
  use.weightsBytes + use.kvCacheBytes + use.recurrentStateBytes + use.computeBytes;

describe('footprints', () => {
  it('are whole, finite bytes that add up, whatever the shape', () => {
    fc.assert(
      fc.property(model, level, shape, (subject, weights, run) => {
        const { devices, host, totalBytes } = subject.footprint(weights, run);
        for (const use of [...devices, host]) {
          for (const bytes of Object.values(use)) expect(Number.isSafeInteger(bytes) && bytes >= 0).toBe(true);
          expect(use.totalBytes).toBe(sum(use));
        }
        expect(totalBytes).toBe(devices.reduce((total, use) => total + use.totalBytes, host.totalBytes));
        expect(devices).toHaveLength(run.placement.split.length);
      }),
    );
  });

  it('hold all weights somewhere, wherever the layers go', () => {
    fc.assert(
      fc.property(model, level, shape, (subject, weights, run) => {
        const { devices, host } = subject.footprint(weights, run);
        const held = devices.reduce((total, use) => total + use.weightsBytes, host.weightsBytes);
        expect(held).toBeGreaterThanOrEqual(subject.weightBytes(weights));
      }),
    );
  });

  it('hold no less of the context when it grows', () => {
    fc.assert(
      fc.property(model, level, shape, fc.integer({ min: 0, max: 100_000 }), (subject, weights, run, more) => {
        const longer = { ...run, contextTokens: run.contextTokens + more };
        const [short, long] = [subject.footprint(weights, run), subject.footprint(weights, longer)];
        [...long.devices, long.host].forEach((use, index) => {
          const before = [...short.devices, short.host][index];
          expect(use.kvCacheBytes).toBeGreaterThanOrEqual(before?.kvCacheBytes ?? 0);
          expect(use.weightsBytes).toBe(before?.weightsBytes);
        });
      }),
    );
  });

  it('never shrink when the context of a model in one kind of memory grows', () => {
    const together = fc.constantFrom(
      { gpuLayers: 0, split: [], expertLayersOnHost: 0 },
      { gpuLayers: 100, split: [1], expertLayersOnHost: 0 },
      { gpuLayers: 100, split: [0.2, 0.3, 0.5], expertLayersOnHost: 0 },
    );
    fc.assert(
      fc.property(model, level, shape, together, fc.integer({ min: 0, max: 100_000 }), (...given) => {
        const [subject, weights, run, placement, more] = given;
        const longer = { ...run, placement, contextTokens: run.contextTokens + more };
        const [short, long] = [subject.footprint(weights, { ...run, placement }), subject.footprint(weights, longer)];
        expect(long.host.totalBytes).toBeGreaterThanOrEqual(short.host.totalBytes);
        long.devices.forEach((use, index) => {
          expect(use.totalBytes).toBeGreaterThanOrEqual(short.devices[index]?.totalBytes ?? 0);
        });
      }),
    );
  });
});
