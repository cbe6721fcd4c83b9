import { describe, expect, it } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { levelBytes } from './preset.js';
import { computedSaving, levelFromBits, nominalSaving } from './savings.js';

describe('savings', () => {
  it('maps bits to levels and names the rule of thumb', () => {
    expect([levelFromBits(4), levelFromBits(8), levelFromBits(16)]).toEqual(['Q4_K_M', 'Q8_0', 'F16']);
    expect([nominalSaving(4), nominalSaving(8), nominalSaving(16)]).toEqual([0.75, 0.5, 0]);
  });

  // Source: the fact sheet on GGUF, "rules of thumb against data": 46.9 % and about 70 %.
  it('computes what is really saved', () => {
    const header = transformerHeader(SHAPES.llama31With8B);
    const full = levelBytes(header, 'F16');
    expect(computedSaving(levelBytes(header, 'Q8_0'), full)).toBeCloseTo(0.469, 3);
    expect(computedSaving(levelBytes(header, 'Q4_K_M'), full)).toBeCloseTo(0.694, 3);
    expect(computedSaving(1, 0)).toBeNull();
  });
});
