import { describe, expect, test } from 'vitest';
import { speedRecord } from '../statistics/__fixtures__/records.js';
import type { Comparison } from './comparison.js';
import { summarizeCells } from './summarize-comparison.js';
import { verdictOn } from './verdict.js';

const comparison = (reference: readonly number[], candidate: readonly number[]): Comparison => ({
  id: 'c',
  model: 'tale:1b',
  reference: { level: 'F16', kvCache: 'f16' },
  environment: speedRecord(1).environment,
  text: null,
  levels: summarizeCells([
    {
      cell: { level: 'F16', kvCache: 'f16', variant: 'tale:1b-fp16' },
      ...{ bytes: 400, quality: null, runs: reference.map((speed) => speedRecord(speed)) },
    },
    {
      cell: { level: 'Q4_K_M', kvCache: 'f16', variant: 'tale:1b-q4_K_M' },
      ...{ bytes: 100, quality: null, runs: candidate.map((speed) => speedRecord(speed)) },
    },
  ]),
});

const said = (reference: readonly number[], candidate: readonly number[]): string =>
  verdictOn(comparison(reference, candidate)).sentences[0] ?? '';

describe('what a verdict says of speed', () => {
  test('a difference beyond chance, with its interval', () => {
    const text = said([100, 101, 99, 100, 102, 98], [200, 202, 198, 200, 204, 196]);
    expect(text).toMatch(/decodes 2\.00 times as fast \(95 % interval 1\.9\d to 2\.0\d\)/);
    expect(text).not.toContain('chance');
  });

  test('no difference beyond chance', () => {
    expect(said([100, 101, 99, 100, 102, 98], [101, 99, 100, 102, 97, 101])).toContain('no difference beyond chance');
  });

  test('too few rounds, however clear they look', () => {
    expect(said([100, 101, 99], [200, 202, 198])).toContain('3 rounds are too few to tell that from chance, 6 can');
    expect(said([100], [200])).toContain('too few runs to tell it from chance');
  });
});
