import { priorQuality } from '@plimsoll/domain';
import type { FitRemedy, PlanReason } from '@plimsoll/domain';
import { describe, expect, test } from 'vitest';
import {
  exactNoteWords,
  fitRemedyWords,
  planCautionWords,
  planObstacleWords,
  planReasonWords,
  residentReasonWords,
} from './plan.words.js';
import { predictionWords, qualityNote } from './prediction.words.js';

const GIB = 1024 ** 3;
const F16 = { keyCacheType: 'f16', valueCacheType: 'f16' } as const;
const measured = { value: 29.44, source: 'measured', relativeSpread: 0.02, observations: 1 } as const;
const placement = { kind: 'placement', gpuLayers: 41, offloadableLayers: 81, shortBytes: 20 * GIB } as const;
const better = {
  kind: 'next-better',
  level: 'Q6_K',
  isChosenLevel: false,
  skipsFitting: false,
  shortBytes: GIB,
} as const;

describe('reasons of a plan', () => {
  test.each<[PlanReason, string]>([
    [
      {
        kind: 'memory',
        level: 'Q5_K_M',
        contextTokens: 12288,
        ...F16,
        whole: true,
        bytes: 6.5 * GIB,
        where: 'device',
        usableBytes: 7.2 * GIB,
        marginBytes: 0.8 * GIB,
      },
      'Fits entirely: takes 6.50 GiB of 7.20 GiB usable in device memory (819.2 MiB kept free).',
    ],
    [
      { kind: 'quality', level: 'Q5_K_M', quality: priorQuality('Q5_K_M', 8e9) },
      'Expected loss: perplexity +0.91 %, mean KL divergence 0.0108 (prior). Measured on Llama-3-8B on wikitext, llama.cpp tools/perplexity/README.md. This model is of similar size.',
    ],
    [{ kind: 'quality', level: 'F16', quality: priorQuality('F16') }, 'F16 is full precision: nothing is lost.'],
    [
      { kind: 'quality', level: 'IQ3_XS', quality: priorQuality('IQ3_XS') },
      'No published figure for IQ3_XS: a comparison measures it.',
    ],
    [
      { kind: 'speed', decodeTokensPerSecond: { ...measured, value: 2, source: 'prior', observations: 0 }, slow: true },
      'Speed: about 2.0 tokens/s (prior, ±2 %), slower than reading.',
    ],
    [
      { ...placement, experts: null, unified: false },
      '41 of 81 layers are on the GPU, the others in RAM; 20.0 GiB are missing for all of it.',
    ],
    [
      { ...placement, experts: null, unified: true },
      'The GPU computes 41 of 81 layers, the processor the others; 20.0 GiB are missing for all of it.',
    ],
    [
      { ...placement, gpuLayers: 81, experts: { onHost: 20, layers: 80 }, unified: false },
      'The experts of 20 of 80 layers stay in RAM; all else is on the GPU; 20.0 GiB are missing for all of it.',
    ],
    [
      { kind: 'longest-context', contextTokens: 131072, trained: true },
      'At this level the context can grow to 131,072 tokens, all that the model was trained for.',
    ],
    [
      {
        ...better,
        remedies: [
          { kind: 'kv-cache', cacheType: 'q8_0' },
          { kind: 'context', contextTokens: 4096 },
        ],
      },
      'The next better level, Q6_K, is 1.00 GiB short: KV cache at q8_0 makes it fit; or a context of 4,096 tokens makes it fit.',
    ],
    [
      { ...better, skipsFitting: true, remedies: [{ kind: 'context', contextTokens: 4096 }] },
      'The next better level that does not fit whole, Q6_K, is 1.00 GiB short: a context of 4,096 tokens makes it fit.',
    ],
    [
      { ...better, remedies: [] },
      'The next better level, Q6_K, is 1.00 GiB short; neither a smaller cache nor a shorter context makes up for it.',
    ],
  ])('%j', (reason, words) => {
    expect(planReasonWords(reason)).toBe(words);
  });

  test.each<[FitRemedy, string]>([
    [{ kind: 'parallel' }, 'one sequence at a time makes it fit'],
    [
      { kind: 'partial', gpuLayers: 3, offloadableLayers: 33, expertsOnHost: false, tokensPerSecond: 4.25 },
      '3 of 33 layers fit at about 4.3 tokens/s',
    ],
    [
      { kind: 'partial', gpuLayers: 3, offloadableLayers: 33, expertsOnHost: true, tokensPerSecond: null },
      'some experts can stay in RAM',
    ],
    [{ kind: 'memory', bytes: GIB }, '1.00 GiB more memory makes it fit'],
  ])('a remedy: %j', (remedy, words) => {
    expect(fitRemedyWords(remedy)).toBe(words);
  });
});

test('why nothing is recommended, and that even the best is poor', () => {
  expect(planObstacleWords({ kind: 'demand', violation: 'too-slow', count: 7, fitting: 7 })).toBe(
    '7 of 7 operating points that fit do not meet the demands: it is too slow.',
  );
  const closest = { kind: 'nothing-fits', level: 'Q2_K', contextTokens: 8192, ...F16, shortBytes: GIB } as const;
  const on = (suitableParameters: number): string =>
    planObstacleWords({ ...closest, suitable: { suitableParameters, where: 'host' } });
  expect(on(28.2e9)).toBe(
    'Nothing fits. The closest, Q2_K with 8,192 tokens of f16 cache, is 1.00 GiB short. On this machine models of up to about 28B fit in its memory at Q4_K_M.',
  );
  expect(on(1e7)).toMatch(/short\.$/u);
  expect(planCautionWords({ kind: 'model-too-large', suitableParameters: 9.4e9, where: 'device' })).toBe(
    'This model is too large for the machine: models of up to about 9B fit on its GPU at Q4_K_M.',
  );
});

test('several models at once', () => {
  expect(
    residentReasonWords({
      kind: 'resident',
      model: 'a',
      level: 'Q4_0',
      ...F16,
      bytes: GIB,
      device: 0,
      steppedDownFrom: 'F16',
    }),
  ).toBe('a: Q4_0 with f16 cache takes 1.00 GiB on device 0, stepped down from F16 to make room.');
  const smallest = [{ model: 'a', level: 'Q4_0', bytes: GIB } as const];
  expect(residentReasonWords({ kind: 'not-together', smallest, shortBytes: 2 * GIB })).toBe(
    'They cannot all be resident: even a at Q4_0 (1.00 GiB) do not fit; 2.00 GiB are missing.',
  );
});

test('what predictions rest on', () => {
  expect(predictionWords(measured, 'tokens/s')).toBe('29.4 tokens/s (measured from 1 run, ±2 %)');
  expect(qualityNote(priorQuality('Q4_K_M', 0.5e9))).toMatch(/smaller \(0\.5B\) and will lose more/);
  expect(qualityNote(priorQuality('Q4_K_M', 70e9))).toMatch(/larger \(70B\) and will lose less/);
  expect(qualityNote(priorQuality('IQ2_M'))).toMatch(/importance matrix/);
  const q4 = { keyCacheType: 'q4_0', valueCacheType: 'q4_0', addedKld: null } as const;
  expect(qualityNote({ ...priorQuality('F16'), cache: q4 })).toMatch(/What a cache of q4_0 costs is not known/);
  const basis = { kind: 'measured', scoredTokens: 500, foreign: true, best: 20 } as const;
  expect(qualityNote({ basis })).toBe(
    'Measured over 500 tokens on another machine; a lower bound from the 20 best tokens.',
  );
  expect(exactNoteWords({ kind: 'closed-form', message: 'No.' })).toBe('The closed form stands in for the engine: No.');
});
