import { qualityRecord, speedRecord } from '@plimsoll/testing';
import { describe, expect, test } from 'vitest';
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

describe('what is recommended without quality', () => {
  test('the level that is shown to be faster', () => {
    const { recommended, outcome } = verdictOn(
      comparison([100, 101, 99, 100, 102, 98], [200, 202, 198, 200, 204, 196]),
    );
    expect(recommended?.level).toBe('Q4_K_M');
    expect(outcome).toBe('fastest');
  });

  test.each([
    ['slower', [100, 101, 99, 100, 102, 98], [50, 51, 49, 50, 52, 48]],
    ['not told from chance', [100, 101, 99], [200, 202, 198]],
  ])('nothing, when it is %s', (_name, reference, candidate) => {
    expect(verdictOn(comparison(reference, candidate))).toMatchObject({ recommended: null, outcome: 'undecided' });
  });
});

test('quality decides: the smallest level that is good enough, else the reference', () => {
  const { levels, ...rest } = comparison([100, 101], [200, 202]);
  const judged = (sameTopToken: number): Comparison => ({
    ...rest,
    levels: levels.map((level, index) =>
      index === 0 ? level : { ...level, quality: qualityRecord(sameTopToken).quality },
    ),
  });
  expect(verdictOn(judged(0.97))).toMatchObject({ outcome: 'smallest-good', recommended: { level: 'Q4_K_M' } });
  expect(verdictOn(judged(0.8))).toMatchObject({ outcome: 'keep-reference', recommended: { level: 'F16' } });
  expect(verdictOn({ ...rest, levels: levels.slice(0, 1) }).outcome).toBe('one-level');
});
