import { describe, expect, test } from 'vitest';
import { shapeWith } from '../measurement/measurement.js';
import type {
  GenerationTimings,
  Measurement,
  QualityResult,
  RecordFacts,
  SpeedMeasurement,
} from '../measurement/measurement.js';
import { findRegressions } from './regression.js';
import { normalDeviate, seededRandom } from './seeded-random.js';

const random = seededRandom(5);
let clock = 0;

const factsOf = (driver: string): RecordFacts => ({
  id: String((clock += 1000)),
  atMs: clock,
  model: 'llama3.1:8b',
  variant: 'llama3.1:8b-q4_K_M',
  level: 'Q4_K_M',
  digest: null,
  architecture: 'llama',
  shape: shapeWith({ kvCache: 'f16', contextTokens: 8192, gpuLayers: 33 }),
  environment: { backend: 'embedded', engineBuild: 'b1', device: 'RTX 4060', driver, platform: 'linux-x64' },
  succeeded: true,
  errorCode: null,
  residentBytes: null,
  temperatureC: null,
  throttled: false,
  energyJ: null,
  comparisonId: null,
  foreign: false,
});

function timingsAt(tokensPerSecond: number): GenerationTimings {
  const decodeMs = 100_000 / (tokensPerSecond * Math.exp(0.02 * normalDeviate(random)));
  return {
    promptTokens: 10,
    cachedPromptTokens: 0,
    generatedTokens: 100,
    loadMs: null,
    prefillMs: 10,
    decodeMs,
    firstTokenMs: 10,
    totalMs: decodeMs + 10,
  };
}

const run = (tokensPerSecond: number, more: Partial<SpeedMeasurement> = {}, driver = '550.54'): SpeedMeasurement => ({
  kind: 'speed',
  ...factsOf(driver),
  timings: timingsAt(tokensPerSecond),
  predictedSpeed: null,
  footprint: null,
  ...more,
});

const runs = (count: number, make: () => Measurement): Measurement[] => Array.from({ length: count }, make);

const quality = (sameTopToken: number): QualityResult => ({
  scoredTokens: 1000,
  perplexity: 7,
  perplexityStandardError: 0.1,
  referencePerplexity: 6.9,
  referencePerplexityStandardError: 0.1,
  perplexityRatio: 1.01,
  perplexityRatioStandardError: 0.001,
  meanKld: 0.03,
  meanKldStandardError: 0.001,
  kldQuantiles: {},
  sameTopToken,
  sameTopTokenStandardError: 0.01,
  rmsDeltaP: 0.05,
  rmsDeltaPStandardError: 0.001,
  coverage: { kind: 'full' },
});

describe('speed', () => {
  test('a driver update that made things slower is found and named', () => {
    const found = findRegressions([...runs(12, () => run(50)), ...runs(12, () => run(42, {}, '560.28'))]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      kind: 'speed',
      changes: [{ part: 'driver', from: '550.54', to: '560.28' }],
      device: 'RTX 4060',
    });
    expect(found[0]!.changes).toEqual([{ part: 'driver', from: '550.54', to: '560.28' }]);
  });

  test('a slow-down without any change of software is found in the newest runs', () => {
    const found = findRegressions([...runs(30, () => run(50)), ...runs(8, () => run(42))]);
    expect(found.map(({ kind, changes }) => [kind, changes])).toEqual([['speed', []]]);
  });

  test('also when the last update lies further back', () => {
    const found = findRegressions([
      ...runs(10, () => run(50)),
      ...runs(40, () => run(50, {}, '560.28')),
      ...runs(8, () => run(40, {}, '560.28')),
    ]);
    expect(found.map(({ kind }) => kind)).toEqual(['speed']);
  });

  test.each([
    ['noise', (): Measurement[] => runs(40, () => run(50))],
    ['an update that made things faster', () => [...runs(10, () => run(50)), ...runs(10, () => run(60, {}, '560.28'))]],
    ['a slow-down of 2 %', () => [...runs(40, () => run(50)), ...runs(8, () => run(49))]],
    ['throttled runs', () => [...runs(20, () => run(50)), ...runs(8, () => run(30, { throttled: true }))]],
    ["another machine's runs", () => [...runs(20, () => run(50)), ...runs(8, () => run(30, { foreign: true }))]],
    [
      'runs with fewer layers on the device',
      () => [
        ...runs(20, () => run(50)),
        ...runs(8, () => run(30, { shape: shapeWith({ kvCache: 'f16', gpuLayers: 9 }) })),
      ],
    ],
  ])('%s is no regression', (_, make) => {
    expect(findRegressions(make())).toEqual([]);
  });
});

describe('quality and reliability', () => {
  test('quality below the threshold is reported, within its error it is not', () => {
    const measured = (same: number): Measurement => ({
      kind: 'quality',
      ...factsOf('550.54'),
      quality: quality(same),
    });
    expect(findRegressions([measured(0.85)], { qualityThreshold: 0.9 })).toMatchObject([
      { kind: 'quality', now: 0.85 },
    ]);
    expect(findRegressions([measured(0.89)], { qualityThreshold: 0.9 })).toEqual([]);
    expect(findRegressions([measured(0.5)])).toEqual([]);
  });

  test('calls that began to fail are reported, cancelled ones are not', () => {
    const call = (succeeded: boolean, errorCode: string | null): Measurement => ({
      kind: 'generation',
      ...factsOf('550.54'),
      succeeded,
      errorCode,
      timings: null,
    });
    const before = runs(20, () => call(true, null));
    const failing = runs(8, () => call(false, 'out-of-memory'));
    expect(findRegressions([...before, ...failing])).toMatchObject([{ kind: 'reliability', before: 1, now: 0 }]);
    expect(findRegressions([...before, ...runs(8, () => call(false, 'cancelled'))])).toEqual([]);
  });
});
