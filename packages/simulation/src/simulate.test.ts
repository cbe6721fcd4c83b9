import { InvalidInputError } from '@plimsoll/domain';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import {
  alwaysBest,
  alwaysSmallest,
  governed,
  leastRecentlyUsedOut,
  oneThreshold,
  parseTrace,
  simulate,
  simulationPicture,
} from './index.js';
import type { Score, Trace } from './index.js';
import { actionWords } from './simulation-picture.js';

const FOLDER = new URL('../traces/', import.meta.url);
const names = readdirSync(FOLDER).map((file) => file.replace('.jsonl', ''));
const read = (name: string): Trace => parseTrace(readFileSync(new URL(`${name}.jsonl`, FOLDER), 'utf8'));

/** Second, rule and action of every decision: what the rules are expected to do on each trace. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'burst-of-100': [],
  'game-comes-and-goes': [
    '200 s, hard-pressure: unload llama',
    '225 s, hard-pressure: unload llama',
    '1126 s, recovery: llama to Q5_K_M with f16 cache',
  ],
  'heat-ramp': [
    '484 s, heat: llama: 2 at once',
    '514 s, heat: llama: 1 at once',
    '544 s, heat: llama to Q4_K_M with f16 cache',
    '1291 s, recovery: llama: all sequences again',
    '1321 s, recovery: llama to Q5_K_M with f16 cache',
  ],
  'out-of-memory-at-load': [
    '2 s, out-of-memory: llama to Q4_K_M with f16 cache',
    '7 s, out-of-memory: llama to Q4_K_M with q8_0 cache',
  ],
  'page-cache': [],
  'power-cap': [],
  'probe-gone': [
    '153 s, hard-pressure: llama to Q4_K_M with q8_0 cache',
    '193 s, soft-pressure: unload llama',
    '961 s, recovery: llama to Q5_K_M with f16 cache',
  ],
  sawtooth: ['12 s, hard-pressure: unload llama'],
  'slow-leak': [
    '689 s, soft-pressure: unload llama',
    '1351 s, soft-pressure: unload llama',
    '1840 s, soft-pressure: unload llama',
  ],
  'two-models': [],
};

const decisionsOn = (name: string): readonly string[] => {
  const trace = read(name);
  return simulate(trace, governed()).decisions.map(
    (decision) => `${decision.atMs / 1000} s, ${decision.rule}: ${actionWords(decision, trace)}`,
  );
};

describe('the governor on recorded weather', () => {
  it('has an expectation for every trace', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual([...names].sort());
  });

  it.each(names)('%s: decides as expected', (name) => {
    expect(decisionsOn(name)).toEqual(EXPECTED[name]);
  });

  const harm = ({ lost, overLineSeconds, slowedSeconds }: Score): readonly number[] => [
    lost,
    overLineSeconds + slowedSeconds,
  ];
  const simple = [alwaysBest, alwaysSmallest, oneThreshold, leastRecentlyUsedOut];

  it.each(names)('%s: no simple policy loses fewer requests, or is over the line for less', (name) => {
    const trace = read(name);
    const ours = simulate(trace, governed()).score;
    for (const make of simple) {
      const theirs = simulate(trace, make()).score;
      expect(ours.lost).toBeLessThanOrEqual(theirs.lost);
      if (ours.lost === theirs.lost) expect(ours.overLineSeconds).toBeLessThanOrEqual(theirs.overLineSeconds);
    }
  });

  it.each(names)('%s: none that does as little harm loses less quality', (name) => {
    const trace = read(name);
    const ours = simulate(trace, governed()).score;
    for (const make of simple) {
      const theirs = simulate(trace, make()).score;
      const [lost = 0, over = 0] = harm(theirs);
      if (lost > 0 || over > (harm(ours)[1] ?? 0)) continue;
      expect(ours.meanLoss).toBeLessThanOrEqual((theirs.meanLoss ?? 0) + 1e-12);
    }
  });

  it.each(names)('%s: looks as in the docs', async (name) => {
    await expect(simulationPicture(simulate(read(name), governed()))).toMatchFileSnapshot(`../docs/${name}.svg`);
  });
});

it('shows the example in the README, which runs', async () => {
  const folder = new URL('..', import.meta.url);
  const example = readFileSync(new URL('examples/compare-policies.ts', folder), 'utf8');
  expect(readFileSync(new URL('README.md', folder), 'utf8')).toContain(example);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  await import('../examples/compare-policies.js');
  expect(log.mock.calls).toEqual([
    ['governor: 0 lost, 0 s over the line'],
    ['always best: 10 lost, 572 s over the line'],
  ]);
  log.mockRestore();
});

describe('a trace', () => {
  const machine = readFileSync(new URL('power-cap.jsonl', FOLDER), 'utf8').split('\n')[0] ?? '';

  it.each([
    ['', /empty/],
    ['{"kind":', /Line 1 .* not JSON/],
    ['{"kind":"machine"}', /Line 1/],
    [`${machine}\n{"atMs":-1}`, /Line 2 .*atMs/],
    [`${machine}\n{"atMs":1,"forignBytes":3}`, /Line 2/],
  ])('%j is refused with its line', (text, message) => {
    expect(() => parseTrace(text)).toThrow(InvalidInputError);
    expect(() => parseTrace(text)).toThrow(message);
  });
});
