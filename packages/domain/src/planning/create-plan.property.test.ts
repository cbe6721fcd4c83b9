import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFootprintModel } from '../footprint/footprint-model.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { KvCacheType } from '../quantization/kv-cache-type.js';
import type { Level } from '../quantization/level.js';
import { memoryBudget } from './budget.js';
import { createPlan } from './create-plan.js';
import { violation } from './violation.js';

const MODELS = [SHAPES.llama31With8B, SHAPES.qwen3With30BA3B, SHAPES.gemma3With4B].map((shape) =>
  createFootprintModel(transformerHeader(shape)),
);
const bytes = fc.integer({ min: 0, max: 64 * 1024 ** 3 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);
const device = fc.record({
  name: fc.constant('card'),
  memory: fc.constantFrom('dedicated', 'unified'),
  totalBytes: maybe(bytes),
  freeBytes: maybe(bytes),
});
const speed = fc.record({
  bandwidthBytesPerSecond: maybe(fc.integer({ min: 1e9, max: 8e12 })),
  fp16Tflops: maybe(fc.integer({ min: 1, max: 2000 })),
});
const cases = fc.record({
  model: fc.constantFrom(...MODELS),
  devices: fc.array(device, { maxLength: 3 }),
  host: fc.record({ totalBytes: maybe(bytes), freeBytes: maybe(bytes) }),
  machine: fc.record({ devices: fc.array(speed, { minLength: 3, maxLength: 3 }), host: speed }),
  levels: fc.uniqueArray(fc.constantFrom<Level>('F16', 'Q8_0', 'Q4_K_M', 'IQ3_XS', 'Q2_K'), { minLength: 1 }),
  cache: fc.constantFrom<KvCacheType>('f16', 'q8_0', 'q4_0'),
  contexts: fc.uniqueArray(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 3 }),
  parallel: fc.integer({ min: 1, max: 8 }),
  goal: fc.constantFrom('quality', 'speed', 'balanced'),
  constraints: fc.record(
    {
      minDecodeTokensPerSecond: fc.integer({ min: 1, max: 100 }),
      maxMeanKld: fc.double({ min: 0, max: 1, noNaN: true }),
      allowPartial: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
});

function everyNumber(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(everyNumber) : [];
}

test('whatever the machine: finite numbers, nothing over budget, and a recommendation that meets the demands', () => {
  fc.assert(
    fc.property(cases, ({ model, devices, host, machine, levels, cache, contexts, parallel, goal, constraints }) => {
      const budget = memoryBudget({ devices, host, marginFraction: 0.1, limitBytes: null });
      const plan = createPlan({
        model: { name: 'm', architecture: 'a', parameters: null, contextLength: null, source: 's' },
        architecture: model.architecture,
        footprint: model.footprint,
        budget,
        machine,
        levels,
        cacheTypes: [{ keyCacheType: cache, valueCacheType: cache }],
        contexts,
        parallel: [parallel],
        goal,
        constraints,
      });
      for (const number of everyNumber(plan)) expect(Number.isFinite(number)).toBe(true);
      for (const { fit, footprint, shortBytes } of plan.candidates) {
        expect(shortBytes === 0).toBe(fit === 'full');
        if (fit === 'none') continue;
        for (const [index, use] of footprint.devices.entries()) {
          expect(use.totalBytes).toBeLessThanOrEqual(budget.devices[index]!.usableBytes);
        }
        expect(footprint.host.totalBytes).toBeLessThanOrEqual(budget.host.usableBytes ?? Infinity);
      }
      const { recommended } = plan;
      expect(recommended === null).toBe(plan.obstacles.length > 0);
      const possible = plan.candidates.filter((candidate) => violation(candidate, constraints) === null);
      expect(recommended !== null).toBe(possible.length > 0);
      if (recommended !== null) expect(possible).toContain(recommended.candidate);
    }),
    { numRuns: 80 },
  );
});

test('the longest context fits and a longer one does not; so with the most layers on one device', () => {
  const GIB = 1024 ** 3;
  const gib = fc.double({ min: 0.25, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.constantFrom(...MODELS), gib, fc.constantFrom<Level>('F16', 'Q4_K_M'), (model, size, level) => {
      const totalBytes = Math.round(size * GIB);
      const budget = memoryBudget({
        devices: [{ name: 'd', memory: 'dedicated', totalBytes, freeBytes: null }],
        host: { totalBytes: 512 * GIB, freeBytes: null },
        marginFraction: 0,
        limitBytes: null,
      });
      const unknown = { bandwidthBytesPerSecond: null, fp16Tflops: null };
      const trained = 131_072;
      const { candidates, largestContexts } = createPlan({
        model: { name: 'm', architecture: 'a', parameters: null, contextLength: trained, source: 's' },
        architecture: { ...model.architecture, experts: null },
        footprint: model.footprint,
        budget,
        machine: { devices: [unknown], host: unknown },
        levels: [level],
        cacheTypes: [{ keyCacheType: 'f16', valueCacheType: 'f16' }],
        contexts: [4096],
      });
      const [candidate] = candidates;
      if (candidate === undefined) throw new Error('a level without a candidate');
      const { shape } = candidate;
      const all = model.architecture.layers + model.architecture.predictionLayers + 1;
      const fits = (contextTokens: number, gpuLayers: number): boolean => {
        const placement = { gpuLayers, split: [1], expertLayersOnHost: 0 };
        const { devices } = model.footprint(level, { ...shape, contextTokens, placement });
        return (devices[0]?.totalBytes ?? 0) <= totalBytes;
      };
      const longest = largestContexts[0]?.contextTokens ?? null;
      if (longest !== null) expect(fits(longest, all)).toBe(true);
      if (longest !== trained) expect(fits((longest ?? 0) + 256, all)).toBe(false);
      const { gpuLayers, split } = shape.placement;
      if (candidate.fit === 'partial' && split.length > 0) expect(fits(4096, gpuLayers + 1)).toBe(false);
    }),
    { numRuns: 80 },
  );
});
