import { describe, expect, test } from 'vitest';
import type { Settings } from '../settings/settings.js';
import { levelForModel, overrideForModel } from './level-for-model.js';

const settings = (changes: Partial<Settings>): Settings => ({
  backend: 'ollama',
  model: null,
  ollamaHost: 'http://127.0.0.1:11434',
  openaiBaseUrl: null,
  openaiApiKey: null,
  quantizationEnabled: true,
  quantizationBits: 8,
  quantizationLevel: null,
  naming: 'library',
  modelOverrides: {},
  gpuMemoryLimitBytes: null,
  memoryMarginFraction: 0.1,
  contextTokens: null,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  threads: null,
  modelsFolder: 'models',
  storeFile: 'store.db',
  http: { host: '127.0.0.1', port: 0 },
  qualityThreshold: null,
  ...changes,
});

describe('levelForModel', () => {
  test.each([
    [4, 'Q4_K_M'],
    [8, 'Q8_0'],
    [16, 'F16'],
  ] as const)('%s bits mean %s', (quantizationBits, level) => {
    expect(levelForModel(settings({ quantizationBits }), 'llama3.1:8b-instruct')).toBe(level);
  });

  test('a level by name wins over the bits', () => {
    expect(levelForModel(settings({ quantizationLevel: 'Q5_K_M' }), 'llama3.1:8b')).toBe('Q5_K_M');
  });

  test('nothing is wanted when quantization is off', () => {
    expect(levelForModel(settings({ quantizationEnabled: false }), 'llama3.1:8b')).toBeNull();
  });

  test('what is set for a model wins, on and off', () => {
    const modelOverrides = { 'llama3.1:8b': { level: 'Q6_K' }, 'mistral:*': { enabled: false } } as const;
    expect(levelForModel(settings({ modelOverrides }), 'llama3.1:8b')).toBe('Q6_K');
    expect(levelForModel(settings({ modelOverrides }), 'mistral:7b')).toBeNull();
    expect(levelForModel(settings({ modelOverrides, quantizationEnabled: false }), 'llama3.1:8b')).toBeNull();
  });
});

describe('overrideForModel', () => {
  const modelOverrides = { 'a*': { bits: 4 }, 'a*c*': { bits: 8 }, 'Abc:7b': { bits: 16 } } as const;

  test.each([
    ['abc:7b', 16],
    ['abc:7b-q4_K_M', 16],
    ['axc:9b', 8],
    ['ax:9b', 4],
    ['/models/abc.gguf', undefined],
    ['b:1b', undefined],
  ])('%s takes the closest entry', (model, bits) => {
    expect(overrideForModel(settings({ modelOverrides }), model)?.bits).toBe(bits);
  });
});
