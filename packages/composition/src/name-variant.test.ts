import { expect, test } from 'vitest';
import { nameVariant } from './name-variant.js';

test.each([
  ['ollama', 'library', 'llama3.1:8b-instruct', 'llama3.1:8b-instruct-q8_0'],
  ['ollama', 'library', 'llama3.1:8b-instruct-fp16', 'llama3.1:8b-instruct-q8_0'],
  ['ollama', 'prefix', 'llama3.1:8b-instruct', 'llama3.1:q8_8b-instruct'],
  ['ollama', 'library', '/models/tale-f16.gguf', '/models/tale-Q8_0.gguf'],
  ['embedded', 'library', 'tale-f16', 'tale-Q8_0'],
] as const)('%s, %s scheme: %s at Q8_0 is %s', (backend, naming, model, name) => {
  expect(nameVariant({ backend, naming })(model, 'Q8_0')).toBe(name);
});
