import type { Measurement } from '@plimsoll/domain';

let serial = 0;

/** A generation record of which only the interesting fields are given. */
export function measurement(known: Partial<Measurement> = {}): Measurement {
  serial++;
  return {
    id: `m-${serial}`,
    kind: 'generation',
    atMs: serial,
    model: 'llama3.1:8b',
    variant: 'llama3.1:8b-instruct-q4_K_M',
    level: 'Q4_K_M',
    digest: 'sha256:abc',
    architecture: 'llama',
    kvCache: 'f16',
    contextTokens: 4096,
    gpuLayers: 33,
    environment: { backend: 'ollama', engineBuild: '0.9', device: 'GPU', driver: '1', platform: 'linux-x64' },
    succeeded: true,
    errorCode: null,
    timings: {
      promptTokens: 10,
      cachedPromptTokens: null,
      generatedTokens: 100,
      loadMs: 5,
      prefillMs: 20,
      decodeMs: 1000,
      firstTokenMs: 25,
      totalMs: 1025,
    },
    residentBytes: 5_000_000_000,
    quality: null,
    footprint: null,
    temperatureC: 60,
    throttled: false,
    energyJ: null,
    comparisonId: null,
    foreign: false,
    ...known,
  };
}

/** A record that has something in every field. */
export function fullMeasurement(): Measurement {
  return measurement({
    kind: 'quality',
    model: 'odd "name", with\nlines',
    errorCode: 'timeout',
    succeeded: false,
    footprint: { predictedBytes: 10, observedBytes: 11 },
    energyJ: 12.5,
    throttled: true,
    comparisonId: 'c1',
    predictedSpeed: { decodeTokensPerSecond: 41.5, prefillTokensPerSecond: null },
    task: { id: 'sum-1', passed: false, score: 0.25 },
    quality: {
      scoredTokens: 512,
      perplexity: 10.5,
      perplexityStandardError: 0.1,
      referencePerplexity: 10.25,
      referencePerplexityStandardError: 0.09,
      perplexityRatio: 1.024,
      perplexityRatioStandardError: 0.001,
      meanKld: 0.02,
      meanKldStandardError: 0.0004,
      kldQuantiles: { '0.5': 0.01, '0.99': 0.2 },
      sameTopToken: 0.95,
      sameTopTokenStandardError: 0.002,
      rmsDeltaP: 0.03,
      rmsDeltaPStandardError: 0.0005,
      coverage: { kind: 'top-k', k: 20, missingMass: 0.01 },
    },
  });
}
