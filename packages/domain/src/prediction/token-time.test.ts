import { describe, expect, test } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { presetTypes } from '../quantization/preset.js';
import { multipliedWeights, tokenSeconds } from './token-time.js';
import { typicalTypeSpeeds } from './type-speeds.js';

const header = transformerHeader(SHAPES.llama31With8B);

describe('what is typical of GPUs', () => {
  // llama.cpp tools/quantize/README.md, generating 128 tokens; the first four were not used for the shares.
  test.each([
    ['Q4_K_M', 71.93],
    ['Q5_K_M', 67.23],
    ['Q3_K_L', 69.38],
    ['IQ3_M', 70.15],
    ['F16', 29.17],
    ['Q8_0', 50.93],
    ['Q6_K', 58.67],
    ['Q5_K_S', 69.53],
    ['Q4_K_S', 76.71],
    ['IQ4_XS', 77.51],
    ['Q3_K_S', 71.68],
    ['IQ3_S', 69.31],
    ['Q2_K_S', 90.01],
  ] as const)('explains the published speed of Llama-3.1-8B at %s within 8 %%', (level, published) => {
    // 600 GB/s at the 80 % that are usual are the 480 GB/s that F16 and Q8_0 show of the card, which is not named.
    const speeds = typicalTypeSpeeds({ bandwidthBytesPerSecond: 600e9, fp16Tflops: null, kind: 'other' }, 'a card')!;
    const seconds = tokenSeconds(header, presetTypes(header, level).tensors, speeds)!;
    expect(Math.abs(1 / seconds / published - 1)).toBeLessThan(0.08);
  });

  test('are unknown without a bandwidth', () => {
    expect(typicalTypeSpeeds({ bandwidthBytesPerSecond: null, fp16Tflops: null }, 'a card')).toBeNull();
  });
});

test('a token is multiplied with all matrices but the input embedding, unless that is the output as well', () => {
  expect(multipliedWeights(header).get('token_embd.weight')).toBe(0);
  expect(multipliedWeights(header).get('output.weight')).toBe(4096 * 128_256);
  const tied = transformerHeader({ ...SHAPES.llama31With8B, tied: true });
  expect(multipliedWeights(tied).get('token_embd.weight')).toBe(4096 * 128_256);
});

test('of experts it is multiplied with those in use', () => {
  const mixture = transformerHeader({ ...SHAPES.llama31With8B, experts: { count: 8, used: 2, ffn: 1024 } });
  expect(multipliedWeights(mixture).get('blk.0.ffn_down_exps.weight')).toBe((4096 * 1024 * 8 * 2) / 8);
});

test('a type of unknown speed makes the time unknown', () => {
  const speeds = { secondsPerWeight: { Q4_K: 1e-11 }, layerSeconds: 0, basis: 'measured', processor: 'x' } as const;
  const matrix = (type: 'Q4_K' | 'Q6_K') => [{ name: 'output.weight', type }];
  expect(tokenSeconds(header, matrix('Q4_K'), speeds)).toBeCloseTo(4096 * 128_256 * 1e-11);
  expect(tokenSeconds(header, matrix('Q6_K'), speeds)).toBeNull();
});
