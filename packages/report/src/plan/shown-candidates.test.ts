import { createPlan } from '@plimsoll/domain';
import { expect, test } from 'vitest';
import { planInput } from './__fixtures__/plan-input.js';
import { loadChart } from './load-chart.js';
import { alternativeAt, shownCandidates } from './shown-candidates.js';

const CACHES = [
  { keyCacheType: 'f16', valueCacheType: 'f16' },
  { keyCacheType: 'q8_0', valueCacheType: 'q8_0' },
] as const;

const plan = createPlan(planInput({ cacheTypes: CACHES, goal: 'balanced' }).request);

test('of each level one candidate is drawn, and the recommended one is among them', () => {
  const shown = shownCandidates(plan, false);
  expect(shown.map(({ level }) => level)).toEqual([...new Set(plan.candidates.map(({ level }) => level))]);
  expect(shown).toContain(plan.recommended?.candidate);
});

test('the picture marks what is recommended and the alternatives to it', () => {
  const shown = shownCandidates(plan, false);
  const others = shown.filter((candidate) => alternativeAt(plan, candidate) !== null);
  expect(others.length).toBeGreaterThan(0);
  const html = loadChart({ ...plan, candidates: shown });
  expect(html.match(/class="badge or"/g)).toHaveLength(others.length);
  expect(html.match(/class="badge"/g)).toHaveLength(1);
});
