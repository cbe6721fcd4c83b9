import type { ComparedLevel, Comparison, TaskDisagreement } from '@plimsoll/application';
import type { QualityResult } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { comparisonReport } from './comparison-report.js';

const quality = (meanKld: number): QualityResult => ({
  scoredTokens: 1000,
  perplexity: 12.1,
  perplexityStandardError: 0.3,
  referencePerplexity: 12,
  referencePerplexityStandardError: 0.3,
  perplexityRatio: 1.01,
  perplexityRatioStandardError: 0.001,
  meanKld,
  meanKldStandardError: meanKld / 20,
  kldQuantiles: { '0.5': meanKld / 2 },
  sameTopToken: 1 - meanKld * 5,
  sameTopTokenStandardError: 0.005,
  rmsDeltaP: meanKld,
  rmsDeltaPStandardError: 0.001,
  coverage: { kind: 'full' },
});

const level = (
  name: ComparedLevel['level'],
  bytes: number,
  tokensPerSecond: number,
  meanKld: number,
): ComparedLevel => ({
  level: name,
  kvCache: 'f16',
  variant: `tale-${name}`,
  bytes,
  residentBytes: bytes + 1e6,
  runs: { total: 3, succeeded: 3, failed: 0, successRate: 1, meanMs: 50, minMs: 48, maxMs: 52, speedup: 1.5 },
  speed: {
    loadMs: { median: 20, low: 19, high: 22 },
    firstTokenMs: { median: 4, low: 3.9, high: 4.2 },
    prefillTokensPerSecond: { median: 9000, low: 8900, high: 9100 },
    decodeTokensPerSecond: { median: tokensPerSecond, low: tokensPerSecond * 0.98, high: tokensPerSecond * 1.02 },
    temperatureC: null,
    throttled: null,
    energyJPerToken: null,
  },
  quality: quality(meanKld),
  paretoOptimal: true,
});

const comparison: Comparison = {
  id: 'abc-1',
  model: 'tale <script>alert(1)</script>',
  reference: { level: 'F16', kvCache: 'f16' },
  environment: {
    backend: 'embedded',
    engineBuild: 'llama.cpp 1',
    device: 'A card',
    driver: null,
    platform: 'linux-x64',
  },
  text: { tokens: 16_000, window: 256 },
  levels: [level('F16', 11.6e6, 1000, 0), level('Q8_0', 6.2e6, 1500, 0.0002), level('Q4_K_M', 3.7e6, 2000, 0.006)],
};

test('the page stands alone: nothing is loaded, and no text becomes markup', () => {
  const html = comparisonReport(comparison);
  expect(html).not.toMatch(/\b(?:src|href)=/);
  expect(html).not.toContain('<script>alert');
  expect(html).toContain("default-src 'none'");
});

test('it says what to use, with the numbers', () => {
  const html = comparisonReport(comparison);
  expect(html).toContain(
    'Q4_K_M is the smallest level that agrees with F16 on at least 90 % of the most likely tokens.',
  );
  expect(html).toContain('decodes 2.00 times as fast');
  expect(html).toContain('3.53 MiB');
});

test('with a stricter threshold the answer is another level', () => {
  expect(comparisonReport(comparison, 0.98)).toContain('Q8_0 is the smallest level');
});

test('tasks get a section of their own, with those that flipped', () => {
  expect(comparisonReport(comparison)).not.toContain('<h2>Tasks</h2>');
  const summary = {
    total: 24,
    passed: 18,
    failed: 6,
    errors: 0,
    passRate: { value: 0.75, low: 0.551, high: 0.88 },
    meanScore: null,
    againstReference: { lost: ['sum <b>'], gained: ['format-tag'], pValue: 1, scorePValue: null },
  };
  const levels = comparison.levels.map((each) => ({ ...each, tasks: summary }));
  const said = (passed: boolean, answer: string | null): TaskDisagreement['answers'][number] => ({
    ...{ level: 'F16', kvCache: 'f16', passed, score: null, answer, succeeded: answer !== null },
  });
  const answers = [
    said(true, '4'),
    { ...said(true, '4'), level: 'Q8_0' as const },
    { ...said(false, '<script>alert(2)</script>'), level: 'Q4_K_M' as const },
  ];
  const disagreements = [{ id: 'sum <b>', prompt: 'What is <i>2 + 2</i>?', expected: '4 & no more', answers }];
  const html = comparisonReport({ ...comparison, levels, disagreements });
  expect(html).toContain('<h2>Tasks</h2>');
  expect(html).toContain('Q4_K_M lost sum &#60;b&#62;; gained format-tag (McNemar’s p = 1, no more than chance).');
  expect(html).toContain('What is &#60;i&#62;2 + 2&#60;/i&#62;?');
  expect(html).toContain('4 &#38; no more');
  expect(html).toMatch(/<b>F16, Q8_0<\/b> <span class="right">✓ right/);
  expect(html).toMatch(/<b>Q4_K_M<\/b> <span class="wrong">✗ wrong.*&#60;script&#62;alert\(2\)/);
  expect(html).not.toContain('<script>alert(2)');
  expect(html).toContain('Tasks solved');
  expect(html).toContain('solves 18 of 24 tasks where F16 solves 18 (no difference beyond chance)');
});

test('speed by depth and of several answers at once is drawn, and what failed or was not read is said', () => {
  expect(comparisonReport(comparison)).not.toMatch(/<h2>(?:Speed by depth|Several answers at once)/);
  const silent = { temperatureC: null, throttled: null, energyJPerToken: null };
  const speed = { median: 100, low: 90, high: 110 };
  const depth = { prefillTokensPerSecond: speed, decodeTokensPerSecond: speed, failed: 0, ...silent };
  const levels = comparison.levels.map((each) => ({
    ...each,
    depths: [
      { ...depth, depthTokens: 0, promptTokens: 9 },
      { ...depth, depthTokens: 2048, promptTokens: 2048, decodeTokensPerSecond: null, failed: 3 },
    ],
    concurrency: [{ concurrency: 4, totalTokensPerSecond: speed, failed: 0, ...silent }],
  }));
  const html = comparisonReport({ ...comparison, levels });
  expect(html).toContain('they really had 9, 2,048');
  expect(html).toContain('Q4_K_M, 0: 100 (90 to 110)');
  expect(html).toContain('Q4_K_M at 2048 tokens: 3 runs failed');
  expect(html).toContain('<h2>Several answers at once</h2>');
  expect(html).toContain('Energy per token: not measured');
  const read = levels.map((each) => ({ ...each, concurrency: [{ ...each.concurrency[0]!, energyJPerToken: 0.5 }] }));
  expect(comparisonReport({ ...comparison, levels: read })).toContain('Energy, joules per token');
});

test('heat and power are told where they were read, and said to be unknown elsewhere', () => {
  expect(comparisonReport(comparison)).toMatch(
    /Heat and power<\/th><\/tr><tr><th scope="row">all of it<\/th><td class="none" colspan="3">not measured/,
  );
  const levels = comparison.levels.map((each) => ({
    ...each,
    speed: { ...each.speed, temperatureC: 83, throttled: true, energyJPerToken: 0.5 },
  }));
  const html = comparisonReport({ ...comparison, levels });
  expect(html).toMatch(/hottest, °C<\/th><td>83/);
  expect(html).toContain('Heat slowed the device down in runs of F16, Q8_0, Q4_K_M');
});

test('no folder of the machine is named, and each variant once with its digest', () => {
  const levels = comparison.levels.map((each) => ({
    ...each,
    variant: `/home/ida/${each.level}.gguf`,
    digest: 'sha256:1',
  }));
  const twice = [...levels, { ...levels[0]!, kvCache: 'q8_0' as const }];
  const html = comparisonReport({ ...comparison, model: '/home/ida/tale.gguf', levels: twice });
  expect(html).not.toContain('/home/ida');
  expect(html).toContain('<h1>tale.gguf: levels side by side</h1>');
  expect(html.match(/<dd>F16\.gguf, digest sha256:1<\/dd>/g)).toHaveLength(1);
  expect(comparisonReport({ ...comparison, model: 'hf.co/org/repo' })).toContain('<h1>hf.co/org/repo');
});

test('what could not be measured is said with its reason', () => {
  const notMeasured = [
    { what: 'quality', reason: { kind: 'refused', message: 'The server <tells> nothing.', hint: null } },
  ] as const;
  expect(comparisonReport({ ...comparison, notMeasured })).toContain('The server &#60;tells&#62; nothing.');
});

test('without quality it says so instead of drawing an empty chart', () => {
  const levels = comparison.levels.map((each) => ({ ...each, quality: null }));
  const html = comparisonReport({ ...comparison, text: null, levels });
  expect(html).toContain('Quality was not measured');
  expect(html).not.toContain('Quality against bytes');
});
