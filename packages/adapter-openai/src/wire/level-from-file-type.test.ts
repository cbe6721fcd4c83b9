import { expect, test } from 'vitest';
import { levelFromFileType } from './level-from-file-type.js';

// The descriptions are those of llama.cpp v0.5.0, src/llama-model-loader.cpp, llama_ftype_name.
test.each([
  ['all F32', 'F32'],
  ['F16', 'F16'],
  ['BF16', 'BF16'],
  ['Q8_0', 'Q8_0'],
  ['MXFP4 MoE', 'MXFP4_MOE'],
  ['NVFP4', 'NVFP4'],
  ['Q2_K - Medium', 'Q2_K'],
  ['Q2_K - Small', 'Q2_K_S'],
  ['Q3_K - Large', 'Q3_K_L'],
  ['Q4_K - Medium', 'Q4_K_M'],
  ['Q5_K - Small', 'Q5_K_S'],
  ['Q6_K', 'Q6_K'],
  ['TQ1_0 - 1.69 bpw ternary', 'TQ1_0'],
  ['IQ2_XXS - 2.0625 bpw', 'IQ2_XXS'],
  ['IQ4_NL - 4.5 bpw', 'IQ4_NL'],
  ['IQ3_S - 3.4375 bpw', 'IQ3_S'],
  ['IQ3_S mix - 3.66 bpw', 'IQ3_M'],
  ['(guessed) Q4_0', null],
  ['unknown, may not work', null],
])('%s is %s', (description, level) => {
  expect(levelFromFileType(description)).toBe(level);
});
