import type {
  GenerationMeasurement,
  GenerationTimings,
  QualityMeasurement,
  QualityResult,
  RecordFacts,
  SpeedMeasurement,
  TaskMeasurement,
} from '@plimsoll/domain';

let serial = 0;

/** What records of an 8B model say; later ones are newer. */
function facts(): RecordFacts {
  serial += 1;
  return {
    id: `r${serial}`,
    atMs: serial * 1000,
    model: 'tale:1b',
    variant: 'tale:1b-q4_K_M',
    level: 'Q4_K_M',
    digest: null,
    architecture: 'llama',
    shape: { keyCacheType: 'f16', valueCacheType: 'f16', contextTokens: 4096 },
    environment: { backend: 'fake', engineBuild: 'b1', device: 'A card', driver: '550', platform: 'linux-x64' },
    succeeded: true,
    errorCode: null,
    residentBytes: null,
    temperatureC: null,
    throttled: null,
    energyJ: null,
    comparisonId: null,
    foreign: false,
  };
}

const timingsAt = (tokensPerSecond: number): GenerationTimings => ({
  promptTokens: 10,
  cachedPromptTokens: 0,
  generatedTokens: 100,
  loadMs: null,
  prefillMs: 10,
  decodeMs: 100_000 / tokensPerSecond,
  firstTokenMs: 12,
  totalMs: 100_000 / tokensPerSecond + 12,
});

/** A user's call at 100 tokens/s. */
export function generationRecord(more: Partial<GenerationMeasurement> = {}): GenerationMeasurement {
  return { kind: 'generation', ...facts(), timings: timingsAt(100), ...more };
}

/** A timed run that decodes so fast. */
export function speedRecord(tokensPerSecond: number, more: Partial<SpeedMeasurement> = {}): SpeedMeasurement {
  const timings = timingsAt(tokensPerSecond);
  return { kind: 'speed', ...facts(), timings, predictedSpeed: null, footprint: null, ...more };
}

/** A quality record with this agreement. */
export function qualityRecord(sameTopToken: number, more: Partial<QualityMeasurement> = {}): QualityMeasurement {
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
  return { kind: 'quality', ...facts(), quality, ...more };
}

/** A task that was solved. */
export function taskRecord(more: Partial<TaskMeasurement> = {}): TaskMeasurement {
  return { kind: 'task', ...facts(), task: { id: 'sum', passed: true, score: null, answer: '4' }, ...more };
}
