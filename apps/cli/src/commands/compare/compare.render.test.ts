import { describe, expect, it } from 'vitest';
import type { CompareDocument, ComparedLevelDocument } from '@plimsoll/contract';
import { PLAIN } from '../../output/style.js';
import { renderComparison } from './compare.render.js';

const silent = { temperatureC: null, throttled: null, energyJPerToken: null };

const level = (
  name: ComparedLevelDocument['level'],
  more: Partial<ComparedLevelDocument> = {},
): ComparedLevelDocument => ({
  level: name,
  kvCache: 'f16',
  variant: `tale-${name}`,
  digest: null,
  bytes: 1024 ** 2,
  residentBytes: null,
  runs: { total: 3, succeeded: 3, failed: 0, successRate: 1, meanMs: 5, minMs: 4, maxMs: 6, speedup: 1, failures: [] },
  speed: { loadMs: 3, firstTokenMs: 2, prefillTokensPerSecond: 900, decodeTokensPerSecond: 100 },
  speedIntervals: { loadMs: null, firstTokenMs: null, prefillTokensPerSecond: null, decodeTokensPerSecond: null },
  decodeSpeedup: null,
  devices: silent,
  depths: [],
  concurrency: [],
  quality: null,
  tasks: null,
  paretoOptimal: true,
  ...more,
});

const text = (levels: readonly ComparedLevelDocument[], more: Partial<CompareDocument> = {}): string =>
  renderComparison(
    {
      schema: 'plimsoll.compare/1',
      id: 'c-1',
      model: 'tale',
      reference: { level: 'F16', kvCache: 'f16' },
      environment: { backend: 'embedded', engineBuild: null, device: 'A card', driver: null, platform: 'x' },
      text: null,
      notMeasured: [],
      levels,
      verdict: { recommended: null, sentences: ['So it is.'] },
      report: null,
      ...more,
    },
    PLAIN,
    null,
  );

const speedup = (verdict: 'faster' | 'no difference shown'): ComparedLevelDocument['decodeSpeedup'] => ({
  factor: 2,
  interval: { low: 1.9, high: 2.1 },
  confidence: 0.95,
  pValue: 0.25,
  verdict,
});

describe('a level that failed', () => {
  it('says why, harmless for the terminal', () => {
    const failures = [
      { errorCode: 'out-of-memory', message: 'No room for\u001b[2J the cache.', runs: 2 },
      { errorCode: 'timeout', message: null, runs: 1 },
    ];
    const { runs } = level('Q8_0');
    const shown = text([level('F16'), level('Q8_0', { runs: { ...runs, succeeded: 0, failed: 3, failures } })]);
    expect(shown).toMatch(/^! Q8_0: 2 runs failed: No room for.* the cache\.$/m);
    expect(shown).toContain('! Q8_0: 1 run failed: timeout');
    expect(shown).not.toContain('\u001b');
  });
});

describe('the speedup of a level', () => {
  it('is marked where it cannot be told from chance, and the number of runs that can is named', () => {
    const shown = text([level('F16'), level('Q4_0', { decodeSpeedup: speedup('no difference shown') })]);
    expect(shown).toMatch(/Q4_0 .*\? 2\.00× \(1\.90 to 2\.10\)/);
    expect(shown).toContain('? cannot be told from chance: 3 runs of each never can, --iterations 6 can');
  });

  it('stands without a mark where it is beyond chance', () => {
    const shown = text([level('F16'), level('Q4_0', { decodeSpeedup: speedup('faster') })]);
    expect(shown).toContain('2.00× (1.90 to 2.10)');
    expect(shown).not.toContain('chance');
  });
});

it('says why quality was not measured', () => {
  const shown = text([level('F16')], { notMeasured: [{ what: 'quality', reason: 'The server is silent.' }] });
  expect(shown).toContain('Quality was not measured. The server is silent.');
});

describe('speed under conditions', () => {
  const rates = { prefillTokensPerSecond: null, decodeTokensPerSecond: null };
  const depth = (depthTokens: number, speed: number | null, failed = 0): ComparedLevelDocument['depths'][number] => ({
    ...{ depthTokens, promptTokens: depthTokens, prefillTokensPerSecond: null, decodeTokensPerSecond: speed },
    ...{ intervals: rates, failed, ...silent },
  });
  const at = (concurrency: number, energyJPerToken: number | null): ComparedLevelDocument['concurrency'][number] => ({
    ...{ concurrency, totalTokensPerSecond: 250, interval: null, failed: 0 },
    ...{ ...silent, energyJPerToken },
  });

  it('has a column for each depth, and says where runs failed', () => {
    const shown = text([level('F16', { depths: [depth(0, 100), depth(2048, 80, 1), depth(9000, null, 2)] })]);
    expect(shown).toMatch(/TOKENS\/S AT +0 TOKENS +2,048 TOKENS +9,000 TOKENS\n +F16 +100 +80 \(1 failed\) +failed/);
  });

  it('shows energy only where power was read', () => {
    const unread = text([level('F16', { concurrency: [at(1, null), at(4, null)] })]);
    expect(unread).toMatch(/IN ALL +1 AT ONCE +4 AT ONCE/);
    expect(unread).not.toContain('JOULE');
    expect(text([level('F16', { concurrency: [at(1, 0.5), at(4, 0.25)] })])).toMatch(/JOULE.*\n +F16 +0\.5 +0\.25/);
  });

  it('takes no room when none was asked for', () => {
    expect(text([level('F16')])).not.toMatch(/AT ONCE|TOKENS\/S AT/);
  });
});
