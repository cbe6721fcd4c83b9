import type { GenerationMeasurement, Measurement, MeasurementKind, RecordFacts } from '@plimsoll/domain';
import { generationRecord, qualityRecord, speedRecord, taskRecord } from '@plimsoll/testing';

/** A generation record of which only the interesting fields are given. */
export const measurement = (known: Partial<GenerationMeasurement> = {}): GenerationMeasurement =>
  generationRecord({ digest: 'sha256:abc', ...known });

/** A record of every kind that has something in every field, later ones newer. */
export function everyKind(): readonly Measurement[] {
  const { timings } = measurement();
  const usual: Partial<GenerationMeasurement> = measurement();
  delete (usual as { timings?: unknown }).timings;
  const facts = <Kind extends MeasurementKind>(kind: Kind, atMs: number): RecordFacts & { readonly kind: Kind } => ({
    ...(usual as RecordFacts),
    ...{ kind, id: `full-${kind}`, atMs },
    model: 'odd "name", with\nlines',
    digest: 'sha256:full',
    shape: {
      ...{ contextTokens: 4096, parallel: 2, microBatchTokens: 512 },
      ...{ keyCacheType: 'q8_0', valueCacheType: 'q4_0', flashAttention: 'on' },
      placement: { gpuLayers: 33, split: [0.5, 0.5], expertLayersOnHost: 3 },
    },
    environment: {
      ...{ backend: 'ollama', engineBuild: null, device: 'GPU', driver: null, platform: 'linux-x64' },
      machine: 'a1b2',
    },
    ...{ errorCode: 'timeout', succeeded: false, residentBytes: 5_000_000_000, temperatureC: 60.5 },
    ...{ energyJ: 12.5, throttled: true, comparisonId: 'c1' },
  });
  const speed = speedRecord(40);
  const { quality } = qualityRecord(0.95);
  const predictedSpeed = { decodeTokensPerSecond: 41.5, prefillTokensPerSecond: null };
  const coverage = { kind: 'top-k', k: 20, missingMass: 0.01 } as const;
  const kldQuantiles = { '0.5': 0.01, '0.99': 0.2 };
  return [
    { ...measurement(), ...facts('generation', 1) },
    {
      ...speed,
      ...facts('speed', 2),
      predictedSpeed,
      footprint: { predictedBytes: 10, observedBytes: 11 },
    },
    { ...facts('profile', 3), timings, condition: { depthTokens: null, concurrency: 4 } },
    {
      ...qualityRecord(0.95),
      ...facts('quality', 4),
      quality: quality && { ...quality, coverage, kldQuantiles },
    },
    { ...facts('footprint', 5), footprint: { predictedBytes: 10, observedBytes: 11 } },
    { ...taskRecord(), ...facts('task', 6), task: { id: 'sum-1', passed: false, score: 0.25 } },
  ];
}
