import { expect, it } from 'vitest';
import { chooseProjector } from './projector.js';

it.each([
  [
    'its name',
    ['gemma-3-4b-it-Q4_K_M.gguf', 'mmproj-gemma-3-4b-it-F16.gguf', 'other.gguf'],
    'mmproj-gemma-3-4b-it-F16.gguf',
  ],
  [
    'a folder of its own',
    ['gemma-3-4b-it-Q4_K_M.gguf', 'gemma-3-4b-it-Q8_0.gguf', 'mmproj-BF16.gguf'],
    'mmproj-BF16.gguf',
  ],
  [
    'several types',
    [
      'gemma-3-4b-it-Q4_K_M.gguf',
      'mmproj-gemma-3-4b-it-BF16.gguf',
      'mmproj-gemma-3-4b-it-f16.gguf',
      'mmproj-gemma-3-4b-it-f32.gguf',
    ],
    'mmproj-gemma-3-4b-it-BF16.gguf',
  ],
  ['a folder shared with other models', ['gemma-3-4b-it-Q4_K_M.gguf', 'qwen.gguf', 'mmproj-F16.gguf'], null],
  ['two that carry no name', ['gemma-3-4b-it-Q4_K_M.gguf', 'mmproj-F16.gguf', 'mmproj-F32.gguf'], null],
  ['none', ['gemma-3-4b-it-Q4_K_M.gguf'], null],
])('finds the projector by %s', (_, names, found) => {
  expect(chooseProjector('gemma-3-4b-it-Q4_K_M.gguf', names)).toBe(found);
});
