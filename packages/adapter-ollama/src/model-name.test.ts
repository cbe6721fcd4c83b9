import { describe, expect, test } from 'vitest';
import { parseOllamaName, sameOllamaModel, sameOllamaName } from './model-name.js';

describe('names as Ollama reads them', () => {
  test('have defaults', () => {
    expect(parseOllamaName('llama3.1')).toEqual({
      host: 'registry.ollama.ai',
      namespace: 'library',
      model: 'llama3.1',
      tag: 'latest',
    });
  });

  test('may name a host with a port', () => {
    expect(parseOllamaName('localhost:5000/team/fox')).toMatchObject({
      host: 'localhost:5000',
      namespace: 'team',
      model: 'fox',
      tag: 'latest',
    });
  });

  test.each([
    ['llama3.1', 'llama3.1:latest'],
    ['Llama3.1:8B', 'llama3.1:8b'],
    ['library/llama3.1', 'llama3.1'],
    ['registry.ollama.ai/library/llama3.1:8b', 'llama3.1:8b'],
    ['hf.co/Org/Repo:Q4_K_M', 'hf.co/org/repo:q4_k_m'],
  ])('%s means %s', (left, right) => {
    expect(sameOllamaName(left, right)).toBe(true);
  });

  test.each([
    ['llama3.1:8b', 'llama3.1'],
    ['me/llama3.1', 'llama3.1'],
  ])('%s does not mean %s', (left, right) => {
    expect(sameOllamaName(left, right)).toBe(false);
  });

  test('of one model differ in the tag alone', () => {
    expect(sameOllamaModel('llama3.1:8b-q8_0', 'Llama3.1')).toBe(true);
    expect(sameOllamaModel('llama3.2:8b', 'llama3.1:8b')).toBe(false);
  });
});
