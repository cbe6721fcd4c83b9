import { describe, expect, test } from 'vitest';
import { shapeWith } from '../measurement/measurement.js';
import type { QualityMeasurement, QualityResult, RecordFacts, SpeedMeasurement } from '../measurement/measurement.js';
import { footprintObservations, measuredQuality, speedObservations } from './learned-from-measurements.js';
import { measuredSpeeds } from './measured-speed.js';

const FACTS: RecordFacts = {
  id: 'a',
  atMs: 0,
  model: 'm',
  variant: 'm-q4_K_M',
  level: 'Q4_K_M',
  digest: null,
  architecture: 'llama',
  shape: shapeWith({ kvCache: 'f16', contextTokens: 4096, gpuLayers: 33 }),
  environment: { backend: 'embedded', engineBuild: null, device: 'RTX 4060', driver: null, platform: 'linux-x64' },
  succeeded: true,
  errorCode: null,
  residentBytes: null,
  temperatureC: null,
  throttled: null,
  energyJ: null,
  comparisonId: null,
  foreign: false,
};

const run = (more: Partial<SpeedMeasurement> = {}): SpeedMeasurement => ({
  kind: 'speed',
  ...FACTS,
  timings: null,
  predictedSpeed: null,
  footprint: null,
  ...more,
});

const judged = (quality: QualityResult, more: Partial<QualityMeasurement> = {}): QualityMeasurement => ({
  kind: 'quality',
  ...FACTS,
  quality,
  ...more,
});

const timed = (tokensPerSecond: number, more: Partial<SpeedMeasurement> = {}): SpeedMeasurement =>
  run({
    timings: {
      promptTokens: 100,
      cachedPromptTokens: 0,
      generatedTokens: 100,
      loadMs: null,
      prefillMs: 50,
      decodeMs: 100_000 / tokensPerSecond,
      firstTokenMs: null,
      totalMs: 1,
    },
    ...more,
  });

const quality = (
  scoredTokens: number,
  meanKld: number,
  coverage: QualityResult['coverage'] = { kind: 'full' },
): QualityResult => ({ scoredTokens, meanKld, perplexityRatio: 1.02, sameTopToken: 0.93, coverage }) as QualityResult;

describe('speed at an operating point', () => {
  const point = { level: 'Q4_K_M', kvCache: 'f16', gpuLayers: 33 } as const;

  test('is the median of the runs that were taken there', () => {
    const { decode, prefill } = measuredSpeeds([
      timed(30),
      timed(31),
      timed(29),
      timed(90, { shape: shapeWith({ kvCache: 'f16', gpuLayers: 10 }) }),
      timed(90, { shape: shapeWith({ kvCache: 'q8_0', gpuLayers: 33 }) }),
      timed(90, { foreign: true }),
      timed(90, { throttled: true }),
      timed(90, { succeeded: false }),
    ])(point);
    expect(decode.value).toBeCloseTo(30, 9);
    expect(decode).toMatchObject({ source: 'measured', observations: 3 });
    expect(prefill.value).toBe(2000);
  });

  test('is unknown where nothing was measured', () => {
    expect(measuredSpeeds([])(point).decode).toMatchObject({ value: null, source: 'unknown' });
  });
});

describe('observations', () => {
  test('pair what was predicted with what was measured', () => {
    const predictedSpeed = { decodeTokensPerSecond: 50, prefillTokensPerSecond: null };
    const observations = speedObservations([
      timed(40, { predictedSpeed }),
      timed(40, { predictedSpeed, throttled: true }),
      timed(40),
      run({ predictedSpeed }),
    ]);
    expect(observations).toHaveLength(1);
    expect(observations[0]).toMatchObject({ kind: 'decode', device: 'RTX 4060', predicted: 50 });
    expect(observations[0]!.measured).toBeCloseTo(40, 9);
  });

  test('of footprints carry architecture and device', () => {
    const footprint = { predictedBytes: 10, observedBytes: 12 };
    expect(footprintObservations([run({ footprint, residentBytes: 12 }), run()])).toEqual([
      { ...footprint, architecture: 'llama', device: 'RTX 4060', foreign: false, byEngine: false },
    ]);
  });

  test('of footprints without anything resident are answers of the engine', () => {
    const footprint = { predictedBytes: 10, observedBytes: 11 };
    expect(footprintObservations([run({ footprint, residentBytes: null })])[0]?.byEngine).toBe(true);
  });
});

describe('measured quality', () => {
  const cache = { keyCacheType: 'f16', valueCacheType: 'f16' } as const;

  test('of several runs the longest of this machine counts', () => {
    const runs = [
      judged(quality(500, 0.04)),
      judged(quality(5000, 0.03)),
      judged(quality(90_000, 0.01), { foreign: true }),
      judged(quality(90_000, 0.01), { shape: shapeWith({ kvCache: 'q4_0' }) }),
    ];
    const measured = measuredQuality(runs, 'Q4_K_M', cache)!;
    expect(measured).toMatchObject({ meanKld: 0.03, sameTopToken: 0.93, source: 'measured' });
    expect(measured.perplexityIncrease).toBeCloseTo(0.02, 12);
    expect(measured.basis).toEqual({ kind: 'measured', scoredTokens: 5000, foreign: false, best: null });
  });

  test('a lower bound is said to be one', () => {
    const coverage = { kind: 'top-k', k: 20, missingMass: 0.01 } as const;
    const measured = measuredQuality([judged(quality(500, 0.04, coverage))], 'Q4_K_M', cache);
    expect(measured?.basis).toMatchObject({ kind: 'measured', best: 20 });
  });

  test('nothing measured is null', () => {
    expect(measuredQuality([run()], 'Q4_K_M', cache)).toBeNull();
    expect(measuredQuality([judged(quality(1, 1))], 'Q8_0', cache)).toBeNull();
  });
});
