import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/invalid-input-error.js';
import {
  baseName,
  isQuantizedName,
  isSameModelName,
  levelInName,
  parseModelName,
  variantName,
} from './variant-name.js';

describe('variantName', () => {
  // Source: the fact sheet on Ollama, "Names".
  it.each([
    ['llama3.1:8b-instruct', 'Q8_0', 'library', 'llama3.1:8b-instruct-q8_0'],
    ['llama3.1:8b-instruct', 'Q4_K_M', 'library', 'llama3.1:8b-instruct-q4_K_M'],
    ['llama3.1:8b-instruct', 'F16', 'library', 'llama3.1:8b-instruct-fp16'],
    ['llama3.1:8b-instruct', 'Q8_0', 'prefix', 'llama3.1:q8_8b-instruct'],
    ['llama3.1:8b-instruct', 'Q4_K_M', 'prefix', 'llama3.1:q4_8b-instruct'],
    ['llama3.1:8b-instruct', 'Q6_K', 'prefix', 'llama3.1:q6_K_8b-instruct'],
    ['llama3.1', 'Q8_0', 'library', 'llama3.1:q8_0'],
    ['llama3.1:latest', 'Q8_0', 'library', 'llama3.1:q8_0'],
    ['llama3.1', 'Q8_0', 'prefix', 'llama3.1:q8'],
    ['qwen3:30b-a3b-thinking-2507', 'Q4_K_M', 'library', 'qwen3:30b-a3b-thinking-2507-q4_K_M'],
    ['localhost:5000/me/model:7b', 'IQ4_XS', 'library', 'localhost:5000/me/model:7b-iq4_XS'],
    [
      'hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF',
      'Q6_K',
      'library',
      'hf.co/bartowski/Llama-3.2-3B-Instruct-GGUF:Q6_K',
    ],
    ['hf.co/org/repo', 'F16', 'prefix', 'hf.co/org/repo:F16'],
  ] as const)('names %s at %s (%s) %s', (name, level, scheme, expected) => {
    expect(variantName(name, level, scheme)).toBe(expected);
    expect(levelInName(expected)).toBe(level);
    expect(baseName(expected)).toBe(name.replace(':latest', ''));
  });

  it.each([
    'llama3.1:8b-instruct-q4_K_M',
    'llama3.1:8b-instruct-Q4_K_M',
    'llama3.1:q8_8b-instruct',
    'llama3.1:q4',
    'llama3.1:8b-instruct-fp16',
    'gemma3:12b-it-qat',
    'gpt-oss:20b-mxfp4',
    'hf.co/org/repo:Q8_0',
    'hf.co/org/repo:model-q4.gguf',
    'hf.co/org/model-Q4_K_M-GGUF',
    'qwen3-coder:480b-cloud',
    'glm-4.6:cloud',
  ])('leaves %s alone', (name) => {
    expect(variantName(name, 'Q8_0', 'library')).toBe(name);
    expect(variantName(name, 'Q4_K_M', 'prefix')).toBe(name);
  });

  it('takes neither sizes nor variants for levels', () => {
    const names = ['llama3.1:8b', 'qwen2.5:7b-instruct', 'phi3:mini-128k', 'qwen3:30b-a3b', 'quill:q', 'llama3.1'];
    expect(names.filter(isQuantizedName)).toEqual([]);
  });

  it.each(['', ':8b', 'a/b/c/d', 'white space', 'model:', 'model:a:b', '../model', `m:${'x'.repeat(81)}`])(
    'refuses %j',
    (name) => {
      expect(() => variantName(name, 'Q8_0')).toThrow(InvalidInputError);
    },
  );

  it('refuses a result longer than a tag may be', () => {
    expect(() => variantName(`m:${'x'.repeat(78)}`, 'Q4_K_M')).toThrow(InvalidInputError);
  });
});

describe('isSameModelName', () => {
  it('fills in the defaults and ignores case', () => {
    expect(isSameModelName('Llama3.1', 'registry.ollama.ai/library/llama3.1:latest')).toBe(true);
    expect(isSameModelName('hf.co/Org/Repo', 'huggingface.co/org/repo:q4_k_m')).toBe(true);
    expect(isSameModelName('llama3.1:8b', 'llama3.1:70b')).toBe(false);
    expect(parseModelName('localhost:5000/me/model')).toMatchObject({ host: 'localhost:5000', tag: null });
  });
});
