import type { Measurement, QualityResult } from '@plimsoll/domain';

let serial = 0;

/** A speed record of an 8B model that decodes so fast; later ones are newer. */
export function speedRecord(tokensPerSecond: number, more: Partial<Measurement> = {}): Measurement {
  serial += 1;
  return {
    id: `r${serial}`,
    kind: 'speed',
    atMs: serial * 1000,
    model: 'tale:1b',
    variant: 'tale:1b-q4_K_M',
    level: 'Q4_K_M',
    digest: null,
    architecture: 'llama',
    kvCache: 'f16',
    contextTokens: 4096,
    gpuLayers: null,
    environment: { backend: 'fake', engineBuild: 'b1', device: 'A card', driver: '550', platform: 'linux-x64' },
    succeeded: true,
    errorCode: null,
    timings: {
      promptTokens: 10,
      cachedPromptTokens: 0,
      generatedTokens: 100,
      loadMs: null,
      prefillMs: 10,
      decodeMs: 100_000 / tokensPerSecond,
      firstTokenMs: 12,
      totalMs: 100_000 / tokensPerSecond + 12,
    },
    residentBytes: null,
    quality: null,
    footprint: null,
    temperatureC: null,
    throttled: null,
    energyJ: null,
    comparisonId: null,
    foreign: false,
    ...more,
  };
}

/** A quality record with this agreement. */
export function qualityRecord(sameTopToken: number, more: Partial<Measurement> = {}): Measurement {
  const quality: QualityResult = {
    scoredTokens: 4000,
    perplexity: 10,
    perplexityStandardError: 0.1,
    referencePerplexity: 10,
    referencePerplexityStandardError: 0.1,
    perplexityRatio: 1,
    perplexityRatioStandardError: 0.001,
    meanKld: 1 - sameTopToken,
    meanKldStandardError: 0.001,
    kldQuantiles: {},
    sameTopToken,
    sameTopTokenStandardError: 0.004,
    rmsDeltaP: 0.01,
    rmsDeltaPStandardError: 0.001,
    coverage: { kind: 'full' },
  };
  return speedRecord(1, { kind: 'quality', timings: null, quality, ...more });
}
