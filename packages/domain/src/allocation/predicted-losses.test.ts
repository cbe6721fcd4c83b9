import { describe, expect, test } from 'vitest';
import type { TensorType } from '../quantization/tensor-type.js';
import type { PrecisionGroup } from './precision-groups.js';
import { inputLosses, inputNoise, lossesByWeights } from './predicted-losses.js';

const group = (name: string, ...tensors: string[]): PrecisionGroup => ({
  name,
  tensors: tensors.map(
    (tensor) => ({ name: tensor, type: 'F16', shape: [256, 64], bytes: 32_768, offset: 0 }) as never,
  ),
});
const [a, b] = [group('a', 'a0', 'a1'), group('b', 'b0')];
const ERRORS: Readonly<Record<string, Partial<Record<TensorType, number>>>> = {
  a0: { Q3_K: 6, Q6_K: 0.06 },
  a1: { Q3_K: 2, Q6_K: 0.02 },
  b0: { Q3_K: 1, Q6_K: 0.04, Q8_0: 0 },
};
const errors = (tensor: string, type: TensorType): number | null => ERRORS[tensor]?.[type] ?? null;
const alone = new Map([
  ['a', { type: 'Q3_K' as const, loss: 0.8 }],
  ['b', { type: 'Q3_K' as const, loss: 0.1 }],
]);

describe('predicted losses', () => {
  const byWeights = lossesByWeights(alone, errors);

  test("follow the squared errors of the group's own weights from the type that was measured", () => {
    expect(byWeights(a, 'Q3_K')).toBeCloseTo(0.8, 12);
    expect(byWeights(a, 'Q6_K')).toBeCloseTo(0.008, 12);
    expect(byWeights(b, 'Q6_K')).toBeCloseTo(0.004, 12);
    expect(byWeights(b, 'Q8_0')).toBe(0);
  });

  test('are not known where a type is not possible, or a group was not measured', () => {
    expect(byWeights(a, 'Q8_0')).toBeNull();
    expect(byWeights(group('c', 'a0'), 'Q3_K')).toBeNull();
  });

  test('give what a family lost beyond its weights to its inputs, in the proportion of its groups', () => {
    const inputs = inputLosses([{ groups: [a, b], loss: 0.018 }], 'Q6_K', byWeights);
    expect(inputs.get('a')).toBeCloseTo(0.004, 12);
    expect(inputs.get('b')).toBeCloseTo(0.002, 12);
    // Noise of the measurement is no gain.
    expect(inputLosses([{ groups: [a, b], loss: 0.001 }], 'Q6_K', byWeights).get('a')).toBe(0);
  });

  test('count rounded inputs less in short blocks, and not at all where weights are not quantized', () => {
    expect(inputNoise('Q6_K')).toBe(1);
    expect(inputNoise('Q8_0')).toBeLessThan(0.5);
    expect(inputNoise('F16')).toBe(0);
  });
});
