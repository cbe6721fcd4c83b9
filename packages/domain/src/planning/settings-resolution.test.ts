import { describe, expect, test } from 'vitest';
import type { QuantizationSettings } from './settings-resolution.js';
import { quantizationSummary, resolveQuantization } from './settings-resolution.js';

const settings: QuantizationSettings = {
  quantizationEnabled: true,
  quantizationBits: 8,
  quantizationLevel: null,
  modelOverrides: {},
  contextTokens: null,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
};

describe('the general settings', () => {
  test.each([
    [4, 'Q4_K_M'],
    [8, 'Q8_0'],
    [16, 'F16'],
  ] as const)('%s bits', (quantizationBits, level) => {
    const resolved = resolveQuantization({ ...settings, quantizationBits }, 'llama3.1:8b-instruct');
    expect(resolved).toMatchObject({ enabled: true, level, decidedBy: 'bits' });
  });

  test('a level by name wins over the bits', () => {
    const resolved = resolveQuantization({ ...settings, quantizationLevel: 'Q5_K_M' }, 'llama3.1:8b');
    expect(resolved).toMatchObject({ level: 'Q5_K_M', decidedBy: 'level' });
  });

  test('switching takes effect with the next question', () => {
    expect(resolveQuantization({ ...settings, quantizationEnabled: false }, 'llama3.1:8b-instruct')).toMatchObject({
      enabled: false,
      level: null,
      decidedBy: 'disabled',
    });
  });

  test('a path is a model too', () => {
    expect(resolveQuantization(settings, '/models/tale-f16.gguf').level).toBe('Q8_0');
  });

  test('as the founding client told them', () => {
    expect(quantizationSummary(settings)).toEqual({ enabled: true, bits: 8, level: 'Q8_0' });
  });
});

describe('overrides per model', () => {
  const modelOverrides = {
    'llama3.1:8b': { level: 'Q6_K' },
    'llama3.1': { bits: 4 },
    'qwen*': { kvCacheType: 'q8_0', contextTokens: 4096 },
    'qwen2.5-coder*': { enabled: false },
    'HF.co/*/*-GGUF*': { level: 'IQ4_XS', bits: 16 },
  } as const;
  const general = { ...settings, modelOverrides };

  test.each([
    ['llama3.1:8b', 'llama3.1:8b', 'Q6_K'],
    ['LLAMA3.1:8B', 'llama3.1:8b', 'Q6_K'],
    ['llama3.1:70b', 'llama3.1', 'Q4_K_M'],
    ['llama3.1', 'llama3.1', 'Q4_K_M'],
    ['qwen3:4b', 'qwen*', 'Q8_0'],
    ['qwen2.5-coder:7b', 'qwen2.5-coder*', null],
    ['hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF', 'HF.co/*/*-GGUF*', 'IQ4_XS'],
    ['mistral:7b', null, 'Q8_0'],
  ])('%s is spoken about by %s', (model, overrideKey, level) => {
    expect(resolveQuantization(general, model)).toMatchObject({ overrideKey, level });
  });

  test('carry the cache type and context too', () => {
    expect(resolveQuantization(general, 'qwen3:4b')).toMatchObject({
      keyCacheType: 'q8_0',
      valueCacheType: 'q8_0',
      contextTokens: 4096,
      decidedBy: 'bits',
    });
  });

  test('can switch quantization on for one model alone', () => {
    const off = {
      ...settings,
      quantizationEnabled: false,
      modelOverrides: { mistral: { enabled: true, bits: 4 } },
    } as const;
    expect(resolveQuantization(off, 'mistral:7b')).toMatchObject({ enabled: true, level: 'Q4_K_M' });
    expect(resolveQuantization(off, 'gemma3:4b').enabled).toBe(false);
  });

  test('a pattern made to be slow is not', () => {
    const modelOverrides = { [`${'*a'.repeat(30)}b`]: { bits: 4 } } as const;
    expect(resolveQuantization({ ...settings, modelOverrides }, 'a'.repeat(70)).overrideKey).toBeNull();
  });
});
