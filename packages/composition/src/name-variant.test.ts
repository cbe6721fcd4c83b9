import { expect, test } from 'vitest';
import { importedName, nameVariant } from './name-variant.js';

test.each([
  ['ollama', 'library', 'llama3.1:8b-instruct', 'llama3.1:8b-instruct-q8_0'],
  ['ollama', 'library', 'llama3.1:8b-instruct-fp16', 'llama3.1:8b-instruct-q8_0'],
  ['ollama', 'prefix', 'llama3.1:8b-instruct', 'llama3.1:q8_8b-instruct'],
  ['ollama', 'library', '/models/tale-f16.gguf', '/models/tale-Q8_0.gguf'],
  ['embedded', 'library', 'tale-f16', 'tale-Q8_0'],
] as const)('%s, %s scheme: %s at Q8_0 is %s', (backend, naming, model, name) => {
  expect(nameVariant({ backend, naming })(model, 'Q8_0')).toBe(name);
});

test.each([
  ['tales/Fable-F16.gguf', 'Q4_K_M', 'library', 'fable:q4_K_M'],
  ['fable-5m-f16.gguf', 'mixed-4.50bpw', 'library', 'fable-5m:mixed-4.50bpw'],
  ['My tale (2).gguf', 'Q8_0', 'prefix', 'my-tale-2-:q8'],
] as const)('the file %s at %s goes by a tag in the %s scheme: %s', (file, level, naming, name) => {
  expect(importedName(file, level, naming)).toBe(name);
});
