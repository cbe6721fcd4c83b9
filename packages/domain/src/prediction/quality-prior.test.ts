import { describe, expect, test } from 'vitest';
import { LEVEL_NAMES } from '../quantization/level.js';
import { priorKvCacheKld, priorQuality } from './quality-prior.js';

describe('quality before anything was measured', () => {
  // "4-bit: 1.2 to 2.8 % at Q4_K_M, 7.5 % at Q4_0; 8-bit under 0.1 %" of the project's fact sheet
  test.each([
    ['Q8_0', 0.0004],
    ['Q4_K_M', 0.028],
    ['Q4_0', 0.075],
  ] as const)('%s loses about %s', (level, increase) => {
    expect(priorQuality(level).perplexityIncrease).toBeCloseTo(increase, 3);
  });

  test('full precision loses nothing', () => {
    expect(priorQuality('F16')).toMatchObject({
      perplexityIncrease: 0,
      meanKld: 0,
      sameTopToken: 1,
      source: 'reference',
    });
  });

  test('a level that nobody published is unknown, not interpolated', () => {
    expect(priorQuality('IQ3_XS')).toMatchObject({
      perplexityIncrease: null,
      meanKld: null,
      sameTopToken: null,
      source: 'unknown',
    });
    expect(priorQuality('Q5_K_M').sameTopToken).toBeNull();
  });

  test('says for which sizes it holds', () => {
    expect(priorQuality('Q4_K_M', 70e9).basis).toMatchObject({
      kind: 'table',
      parameters: 70e9,
      importanceMatrix: false,
    });
    expect(priorQuality('IQ2_M').basis).toMatchObject({ parameters: null, importanceMatrix: true });
  });

  test('perplexity and divergence never contradict each other', () => {
    const known = LEVEL_NAMES.map((level) => priorQuality(level)).filter(({ meanKld }) => meanKld !== null);
    const byKld = [...known].sort((a, b) => a.meanKld! - b.meanKld!);
    const byPerplexity = [...known].sort((a, b) => a.perplexityIncrease! - b.perplexityIncrease!);
    expect(byKld.map(({ meanKld }) => meanKld)).toEqual(byPerplexity.map(({ meanKld }) => meanKld));
  });

  test('of caches, only what is known', () => {
    expect([priorKvCacheKld('f16'), priorKvCacheKld('q8_0'), priorKvCacheKld('q4_0')]).toEqual([0, 0.00098, null]);
  });
});
