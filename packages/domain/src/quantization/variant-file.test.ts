import { expect, test } from 'vitest';
import { LEVEL_NAMES } from './level.js';
import { levelInFileName, variantFileName } from './variant-file.js';

test.each([
  ['fable-5m-f16.gguf', 'fable-5m-Q4_K_M.gguf'],
  ['tales/fable-5m-f16.gguf', 'tales/fable-5m-Q4_K_M.gguf'],
  ['fable-5m', 'fable-5m-Q4_K_M'],
  ['Meta-Llama-3.1-8B-Instruct.Q8_0.gguf', 'Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf'],
  ['big-BF16-00001-of-00003.gguf', 'big-Q4_K_M.gguf'],
])('%s at Q4_K_M is %s', (model, variant) => {
  expect(variantFileName(model, 'Q4_K_M')).toBe(variant);
});

test('every level is found in the name it was put into, and replaced by the next', () => {
  for (const level of [...LEVEL_NAMES, 'mixed-4.50bpw'] as const) {
    const name = variantFileName('some.model-7b', level);
    expect(levelInFileName(name)).toBe(level);
    expect(variantFileName(name, 'F16')).toBe('some.model-7b-F16');
  }
});

test('a size or version at the end is no level', () => {
  expect(levelInFileName('qwen2.5-7b')).toBeNull();
  expect(levelInFileName('llama-3.gguf')).toBeNull();
});
