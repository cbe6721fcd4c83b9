import { createFootprintModel, createPlan, memoryBudget } from '@plimsoll/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../../domain/src/model/__fixtures__/transformer-header.js';
import { planDocument, planReasonWords } from '../src/index.js';

const MODELS = [SHAPES.llama31With8B, SHAPES.qwen3With30BA3B, SHAPES.llama33With70B].map((shape) =>
  createFootprintModel(transformerHeader(shape)),
);

test('where processor and GPU share one memory, nothing is said to stay in RAM or on the host', () => {
  fc.assert(
    fc.property(fc.constantFrom(...MODELS), fc.integer({ min: 8, max: 192 }), (model, gib) => {
      const totalBytes = gib * 1024 ** 3;
      const plan = createPlan({
        model: { name: 'm', architecture: 'a', parameters: 8e9, contextLength: 8192, source: 's' },
        architecture: model.architecture,
        footprint: model.footprint,
        budget: memoryBudget({
          devices: [{ name: 'M3 Max', memory: 'unified', totalBytes, freeBytes: null }],
          host: { totalBytes, freeBytes: null },
          marginFraction: 0.1,
          limitBytes: null,
        }),
        machine: {
          devices: [{ bandwidthBytesPerSecond: 400e9, fp16Tflops: 28, kind: 'apple' }],
          host: { bandwidthBytesPerSecond: 400e9, fp16Tflops: 1, kind: 'apple' },
        },
        levels: ['F16', 'Q8_0', 'Q4_K_M', 'Q2_K'],
        cacheTypes: [
          { keyCacheType: 'f16', valueCacheType: 'f16' },
          { keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
        ],
        contexts: [8192],
      });
      expect(plan.candidates.every(({ shape }) => shape.placement.expertLayersOnHost === 0)).toBe(true);
      const { recommended } = planDocument(plan);
      const words = [
        ...(recommended?.reasons ?? []),
        ...(recommended?.nextBetter?.remedies ?? []).map(({ text }) => text),
      ];
      for (const sentence of words) expect(sentence).not.toMatch(/\bRAM\b|on the host|to the host/);
    }),
    { numRuns: 40 },
  );
});

test('a model that was published in MXFP4 is not called full precision', () => {
  const quality = {
    perplexityIncrease: 0,
    meanKld: 0,
    sameTopToken: 1,
    source: 'reference',
    basis: { kind: 'as-published', level: 'MXFP4_MOE' },
  } as const;
  const words = planReasonWords({ kind: 'quality', level: 'MXFP4_MOE', quality });
  expect(words).toContain('MXFP4_MOE');
  expect(words).not.toContain('full precision');
});
