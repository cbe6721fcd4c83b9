import { normalDeviate, seededRandom } from '@plimsoll/domain';
import type { SpeedMeasurement } from '@plimsoll/domain';
import { speedRecord } from '@plimsoll/testing';
import { describe, expect, test } from 'vitest';
import { FEWEST_ROUNDS_TO_SHOW, speedAgainst } from './speed-against.js';

const COMPARISONS = 1000;
const ROUNDS = 10;

/**
 * Verdicts of 1,000 comparisons of a reference at 100 tokens/s with a backend so many times as fast: 5 % noise on
 * each run, a machine that becomes half as fast again over the rounds, and records newest first, as a store gives them.
 */
function verdicts(speedup: number): Record<string, number> {
  const random = seededRandom(20_261_123);
  const counts: Record<string, number> = { faster: 0, slower: 0, 'no difference shown': 0 };
  for (let comparison = 0; comparison < COMPARISONS; comparison += 1) {
    const [reference, candidate]: [SpeedMeasurement[], SpeedMeasurement[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const drift = 1 + 0.05 * round;
      const speed = (mean: number): number => mean * drift * Math.exp(0.05 * normalDeviate(random));
      reference.unshift(speedRecord(speed(100)));
      candidate.unshift(speedRecord(speed(100 * speedup)));
    }
    const verdict = speedAgainst(reference, candidate, { resamples: 20 })!.verdict;
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
}

describe('1,000 comparisons of records at 95 % confidence', () => {
  test('a backend that heat slows by 15 % is detected', () => {
    expect(verdicts(0.85)['slower']).toBeGreaterThanOrEqual(0.95 * COMPARISONS);
  });

  test('equal backends are not called different', () => {
    const { faster, slower } = verdicts(1);
    // 5 %, and three standard errors of a share of 1,000.
    const most = COMPARISONS * (0.05 + 3 * Math.sqrt((0.05 * 0.95) / COMPARISONS));
    expect(faster! + slower!).toBeLessThanOrEqual(most);
    expect(faster! + slower!).toBeGreaterThan(0);
  });
});

const records = (speeds: readonly number[]): readonly SpeedMeasurement[] => speeds.map((speed) => speedRecord(speed));

test('fewer rounds than are told can show no difference, that many can', () => {
  const slow = (count: number): readonly SpeedMeasurement[] =>
    records(Array.from({ length: count }, (_, i) => 10 + i / 10));
  const fast = (count: number): readonly SpeedMeasurement[] =>
    records(Array.from({ length: count }, (_, i) => 90 + i / 10));
  const fewer = FEWEST_ROUNDS_TO_SHOW - 1;
  expect(speedAgainst(slow(fewer), fast(fewer))?.verdict).toBe('no difference shown');
  expect(speedAgainst(slow(FEWEST_ROUNDS_TO_SHOW), fast(FEWEST_ROUNDS_TO_SHOW))?.verdict).toBe('faster');
});

test('failed runs do not count, and one run is no comparison', () => {
  const failed = speedRecord(1, { succeeded: false, timings: null });
  expect(speedAgainst(records([10, 10, 10]), [...records([20, 20]), failed])?.speedup).toBeCloseTo(2);
  expect(speedAgainst(records([10, 10]), [...records([20]), failed])).toBeNull();
});
