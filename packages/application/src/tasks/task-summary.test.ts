import { describe, expect, test } from 'vitest';
import { summarizeTasks } from './task-summary.js';
import type { TaskOutcome } from './task-summary.js';
import { wilsonInterval } from './wilson-interval.js';

const outcomes = (passed: readonly (boolean | null)[], scores: readonly number[] = []): readonly TaskOutcome[] =>
  passed.map((each, index) => ({ id: `t${index}`, passed: each, score: scores[index] ?? null, succeeded: true }));

describe('wilsonInterval', () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i lies between %f and %f', (successes, total, low, high) => {
    const interval = wilsonInterval(successes, total);
    expect(interval?.low).toBeCloseTo(low, 4);
    expect(interval?.high).toBeCloseTo(high, 4);
  });

  test('nothing tried says nothing', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });
});

describe('summarizeTasks', () => {
  test('counts passes, failures and errors apart', () => {
    const failed: TaskOutcome = { id: 'e', passed: null, score: null, succeeded: false };
    const summary = summarizeTasks([...outcomes([true, true, false]), failed], null);
    expect(summary).toMatchObject({ total: 4, passed: 2, failed: 1, errors: 1, meanScore: null });
    expect(summary.passRate?.value).toBeCloseTo(2 / 3);
    expect(summary.againstReference).toBeNull();
  });

  test('names the tasks that flipped and tests them with McNemar', () => {
    const reference = outcomes([true, true, true, true, true, true, false, false]);
    const level = outcomes([false, false, false, false, false, false, false, true]);
    const { againstReference } = summarizeTasks(level, reference);
    expect(againstReference?.lost).toEqual(['t0', 't1', 't2', 't3', 't4', 't5']);
    expect(againstReference?.gained).toEqual(['t7']);
    // Exact binomial, two sides: 2 · (C(7,0) + C(7,1)) / 2⁷.
    expect(againstReference?.pValue).toBeCloseTo((2 * 8) / 128);
  });

  test('leaves tasks out that only one of the two was judged on', () => {
    const { againstReference } = summarizeTasks(outcomes([false, null]), outcomes([null, true]));
    expect(againstReference).toEqual({ lost: [], gained: [], pValue: null, scorePValue: null });
  });

  test('compares scores pair by pair', () => {
    const none = Array.from({ length: 8 }, () => null);
    const better = outcomes(none, [5, 6, 7, 8, 5, 6, 7, 8]);
    const worse = outcomes(none, [4, 5, 6, 7, 4, 5, 6, 7]);
    const summary = summarizeTasks(worse, better);
    expect(summary).toMatchObject({ passRate: null, meanScore: { value: 5.5 } });
    expect(summary.meanScore?.low).toBeLessThan(5.5);
    // Every difference is −1: 2 of the 2⁸ sign patterns are as far from 0.
    expect(summary.againstReference?.scorePValue).toBeCloseTo(2 / 256);
  });
});
