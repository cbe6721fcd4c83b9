import { FEWEST_ROUNDS_TO_SHOW, summarizeCells, verdictOn } from '@plimsoll/application';
import type { Comparison } from '@plimsoll/application';
import { qualityRecord, speedRecord } from '@plimsoll/testing';
import { describe, expect, test } from 'vitest';
import { verdictSentences } from './verdict.words.js';

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

const sentencesOf = (compared: Comparison): readonly string[] => verdictSentences(compared, verdictOn(compared));

const said = (reference: readonly number[], candidate: readonly number[]): string =>
  sentencesOf(comparison(reference, candidate)).find((sentence) => sentence.includes('decodes')) ?? '';

test('the verdict comes first', () => {
  const faster = comparison([100, 101, 99, 100, 102, 98], [200, 202, 198, 200, 204, 196]);
  expect(sentencesOf(faster)[0]).toBe('Q4_K_M is the fastest.');
  const { levels, ...rest } = faster;
  const judged = (sameTopToken: number): Comparison => ({
    ...rest,
    levels: levels.map((level, index) =>
      index === 0 ? level : { ...level, quality: qualityRecord(sameTopToken).quality },
    ),
  });
  expect(sentencesOf(judged(0.97))[0]).toBe(
    'Q4_K_M is the smallest level that agrees with F16 on at least 90 % of the most likely tokens.',
  );
  expect(sentencesOf(judged(0.8))[0]).toBe('No level agrees with F16 on 90 % of the most likely tokens; keep F16.');
  expect(sentencesOf({ ...rest, levels: levels.slice(0, 1) })).toEqual([
    'There is only one level, so there is nothing to compare.',
  ]);
});

test('heat that slowed runs down is told', () => {
  const { levels, ...rest } = comparison([100, 101], [200, 202]);
  const [first, second] = levels;
  const hot = { ...rest, levels: [first!, { ...second!, speed: { ...second!.speed, throttled: true } }] };
  expect(sentencesOf(hot)).toContainEqual(expect.stringMatching(/^Heat slowed the device .* of Q4_K_M:/));
  expect(sentencesOf({ ...rest, levels }).join(' ')).not.toContain('Heat');
});

describe('what a verdict says of speed', () => {
  test('a difference beyond chance, with its interval', () => {
    const text = said([100, 101, 99, 100, 102, 98], [202, 200, 200, 196, 198, 204]);
    expect(text).toMatch(/decodes 2\.00 times as fast \(95 % interval 1\.9\d to 2\.0\d\)/);
    expect(text).not.toContain('chance');
  });

  test('as fast is said only where the runs agree on it', () => {
    expect(said([100, 101, 99, 100, 102, 98], [101, 99, 100, 102, 97, 101])).toContain('about as fast');
    const wild = said([100, 20, 300, 100, 50, 200], [101, 300, 20, 300, 97, 10]);
    expect(wild).toContain('no difference beyond chance');
    expect(wild).not.toContain('about as fast');
  });

  test('too few rounds, however clear they look, and how many would do', () => {
    const text = said([100, 101, 99], [200, 202, 198]);
    expect(text).toContain('2.00 times as fast');
    expect(text).toContain(`3 runs of each cannot tell that from chance`);
    expect(text).toContain(`${FEWEST_ROUNDS_TO_SHOW} runs of each can`);
    const compared = comparison([100, 101, 99], [200, 202, 198]);
    const flags = verdictSentences(compared, verdictOn(compared), (runs) => `--iterations ${runs} can`);
    expect(flags.join(' ')).toContain(`--iterations ${FEWEST_ROUNDS_TO_SHOW} can`);
    expect(said([100], [200])).toContain('too few runs to tell that from chance');
  });
});
