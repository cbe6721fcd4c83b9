import { planDocument } from '@plimsoll/contract';
import { createPlan, findDevice, learnSpeedCalibration, memoryBudget } from '@plimsoll/domain';
import type { PlanRequest } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { GIB, planInput } from './__fixtures__/plan-input.js';
import { planPageData } from './plan-data.js';
import type { PlanPageData } from './plan-data.js';
import type { PlanState } from './plan-state.js';
import { whatIf } from './what-if.js';

const throughJson = (overrides: Partial<PlanRequest> = {}): PlanPageData =>
  JSON.parse(JSON.stringify(planPageData(planInput(overrides)))) as PlanPageData;

const planned = (data: PlanPageData, change: Partial<PlanState> = {}) =>
  createPlan(whatIf(data).request({ ...data.start, ...change }));

const MEASURED = { kind: 'measured', scoredTokens: 5000, foreign: false, best: null } as const;

/** As after measuring: Q4_K_M was seen at 40 tokens/s, and runs here are a tenth faster than data sheets say. */
const learned: Partial<PlanRequest> = {
  measuredSpeed: ({ level, kvCache, gpuLayers }) => ({
    decode:
      level === 'Q4_K_M' && kvCache === 'f16' && gpuLayers === 33
        ? { value: 40, source: 'measured', relativeSpread: 0.02, observations: 5 }
        : { value: null, source: 'unknown', relativeSpread: null, observations: 0 },
    prefill: { value: null, source: 'unknown', relativeSpread: null, observations: 0 },
  }),
  measuredQuality: (level, { keyCacheType, valueCacheType }) =>
    level === 'Q4_0' && keyCacheType === 'f16' && valueCacheType === 'f16'
      ? { perplexityIncrease: 0.05, meanKld: 0.06, sameTopToken: 0.9, source: 'measured', basis: MEASURED }
      : null,
  calibration: learnSpeedCalibration(
    ['Q5_K_M', 'Q6_K'].map((level) => ({
      kind: 'decode' as const,
      architecture: 'llama',
      device: 'GeForce RTX 4060',
      level: level as 'Q5_K_M' | 'Q6_K',
      predicted: 20,
      measured: 22,
      foreign: false,
    })),
  ),
  correction: {
    overheadBytes: 120 * 1024 ** 2,
    factor: 1,
    spreadBytes: null,
    observations: 2,
    basis: 'device',
  },
  variantOf: (level) => ({ name: `llama:${level}`, status: level === 'Q4_K_M' ? 'local' : 'remote' }),
};

test.each([
  ['nothing was learned', {}],
  ['much was learned', learned],
  [
    'layers, batch, cache and demands were asked for',
    {
      gpuLayers: [20],
      microBatchTokens: 256,
      cacheTypes: [{ keyCacheType: 'q8_0', valueCacheType: 'f16' }],
      contexts: [4096],
      parallel: [2],
      goal: 'speed',
      flashAttention: 'on',
      constraints: { maxMeanKld: 0.05, minContextTokens: 4096 },
    } satisfies Partial<PlanRequest>,
  ],
  [
    'the plan chooses the cache',
    {
      goal: 'balanced',
      cacheTypes: [
        { keyCacheType: 'f16', valueCacheType: 'f16' },
        { keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
      ],
    } satisfies Partial<PlanRequest>,
  ],
])('a page starts with the very plan that it was made from where %s', (_, overrides) => {
  const page = planDocument(planned(throughJson(overrides)));
  const { request } = planInput(overrides);
  const model = { ...request.model, source: 'llama.gguf' };
  const here = planDocument(createPlan({ ...request, model }));
  // Calibration is carried as a factor: the last bits of a product may differ.
  const rounded = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (__, entry: unknown) =>
      typeof entry === 'number' && !Number.isInteger(entry) ? Number(entry.toPrecision(12)) : entry,
    );
  expect(rounded(page)).toEqual(rounded(here));
});

test('what was measured here is used for this machine alone', () => {
  const data = throughJson(learned);
  const speedAt = (device: string | null) =>
    planned(data, { device }).candidates.find(({ level }) => level === 'Q4_K_M')?.expected.decodeTokensPerSecond;
  expect(speedAt(null)).toMatchObject({ value: 40, source: 'measured' });
  expect(speedAt('GeForce RTX 4090/24')).toMatchObject({ source: 'prior' });
});

test('a device of the catalogue is planned with its own memory and the usual margin', () => {
  const { budget } = planned(throughJson(), { device: 'GeForce RTX 3060/12' });
  const { profile, memoryBytes } = findDevice('RTX 3060 12GB');
  const expected = memoryBudget({
    devices: [{ name: profile.name, memory: 'dedicated', totalBytes: memoryBytes, freeBytes: memoryBytes }],
    host: { totalBytes: 32 * GIB, freeBytes: 24 * GIB },
    marginFraction: 0.1,
    limitBytes: null,
  });
  expect(budget).toEqual(expected);
});

test('a chip with one memory brings its own host memory along', () => {
  const { budget } = planned(throughJson(), { device: 'M2 Pro/32' });
  expect(budget.unified).toBe(true);
  expect(budget.host.totalBytes).toBe(32 * GIB);
});

test('twice the memory moves the load line to twice the height, what others hold included', () => {
  const data = throughJson();
  expect(planned(data, { memoryBytes: 16 * GIB }).budget.usableBytes).toBe(2 * data.budget.usableBytes);
  expect(planned(data, { memoryBytes: 8 * GIB }).budget).toEqual(data.budget);
});

test('without device memory the processor alone is planned for', () => {
  const plan = planned(throughJson(), { memoryBytes: 0 });
  expect(plan.budget.devices).toEqual([]);
  expect(plan.candidates.every(({ footprint }) => footprint.devices.length === 0)).toBe(true);
});

test('a machine without a device can be given one of unknown speed', () => {
  const none = throughJson({
    budget: memoryBudget({
      devices: [],
      host: { totalBytes: 32 * GIB, freeBytes: null },
      marginFraction: 0.1,
      limitBytes: null,
    }),
    machine: { devices: [], host: { bandwidthBytesPerSecond: 60e9, fp16Tflops: null } },
  });
  const plan = planned(none, { memoryBytes: 16 * GIB });
  expect(plan.budget.usableBytes).toBe(16 * GIB - Math.ceil(1.6 * GIB));
  expect(plan.recommended?.candidate.expected.decodeTokensPerSecond.source).toBe('unknown');
});

test('several cards of one kind are planned with together, a chip with one memory always alone', () => {
  const { budget } = planned(throughJson(), { device: 'GeForce RTX 3090/24', cards: 2 });
  expect(budget.devices.map(({ totalBytes }) => totalBytes)).toEqual([24 * GIB, 24 * GIB]);
  expect(planned(throughJson(), { device: 'M2 Pro/32', cards: 4 }).budget.devices).toHaveLength(1);
});

test('other RAM takes the place of that which was found, and its speed counts', () => {
  const plan = planned(throughJson(), { memoryBytes: 0, ramBytes: 64 * GIB, ramBandwidth: 100e9 });
  expect(plan.budget.usableBytes).toBe(64 * GIB - Math.ceil(6.4 * GIB));
  const slow = planned(throughJson(), { memoryBytes: 0, ramBytes: 64 * GIB, ramBandwidth: 20e9 });
  const speed = ({ candidates }: typeof plan) => candidates[0]?.expected.decodeTokensPerSecond.value ?? 0;
  expect(speed(plan)).toBeGreaterThan(2 * speed(slow));
});
