import { describe, expect, test } from 'vitest';
import { speedRecord } from '../statistics/__fixtures__/records.js';
import type { Comparison } from './comparison.js';
import { FEWEST_ROUNDS_TO_SHOW } from './speed-against.js';
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
  verdictOn(comparison(reference, candidate)).sentences.find((sentence) => sentence.includes('decodes')) ?? '';

describe('what is recommended without quality', () => {
  test('the level that is shown to be faster', () => {
    const { recommended, sentences } = verdictOn(
      comparison([100, 101, 99, 100, 102, 98], [200, 202, 198, 200, 204, 196]),
    );
    expect(recommended?.level).toBe('Q4_K_M');
    expect(sentences[0]).toBe('Q4_K_M is the fastest.');
  });

  test.each([
    ['slower', [100, 101, 99, 100, 102, 98], [50, 51, 49, 50, 52, 48]],
    ['not told from chance', [100, 101, 99], [200, 202, 198]],
  ])('nothing, when it is %s', (_name, reference, candidate) => {
    expect(verdictOn(comparison(reference, candidate)).recommended).toBeNull();
  });
});

test('heat that slowed runs down is told', () => {
  const { levels, ...rest } = comparison([100, 101], [200, 202]);
  const [first, second] = levels;
  const hot = { ...rest, levels: [first!, { ...second!, speed: { ...second!.speed, throttled: true } }] };
  expect(verdictOn(hot).sentences).toContainEqual(expect.stringMatching(/^Heat slowed the device .* of Q4_K_M:/));
  expect(verdictOn({ ...rest, levels }).sentences.join(' ')).not.toContain('Heat');
});

describe('what a verdict says of speed', () => {
  test('a difference beyond chance, with its interval', () => {
    const text = said([100, 101, 99, 100, 102, 98], [200, 202, 198, 200, 204, 196]);
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
    expect(text).toContain(`--iterations ${FEWEST_ROUNDS_TO_SHOW} can`);
    expect(said([100], [200])).toContain('too few runs to tell that from chance');
  });
});
