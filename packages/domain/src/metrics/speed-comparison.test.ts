import { describe, expect, test } from 'vitest';
import { normalDeviate, seededRandom } from './seeded-random.js';
import { compareSpeed } from './speed-comparison.js';

const COMPARISONS = 1000;
const RUNS = 10;

/** Verdicts of 1,000 comparisons of runs with 5 % noise, one run in twenty stalled threefold, and a common drift. */
function verdicts(slowdown: number, paired: boolean): Record<string, number> {
  const random = seededRandom(20_260_101);
  const counts: Record<string, number> = { faster: 0, slower: 0, 'no difference shown': 0 };
  for (let comparison = 0; comparison < COMPARISONS; comparison += 1) {
    const baseline: number[] = [];
    const candidate: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const drift = paired ? 1 + 0.05 * run : 1;
      const noise = (): number => drift * Math.exp(0.05 * normalDeviate(random)) * (!paired && random() < 0.05 ? 3 : 1);
      baseline.push(100 * noise());
      candidate.push(100 * slowdown * noise());
    }
    const verdict = compareSpeed(baseline, candidate, { paired, seed: comparison, resamples: 20 })!.verdict;
    counts[verdict] = (counts[verdict] ?? 0) + 1;
  }
  return counts;
}

// The bound is 5 % and three standard errors of a share of 1,000.
const MOST_FALSE_ALARMS = COMPARISONS * (0.05 + 3 * Math.sqrt((0.05 * 0.95) / COMPARISONS));

describe.each([
  ['independent runs', false],
  ['interleaved runs under drift', true],
])('1,000 comparisons of %s at 95 %% confidence', (_, paired) => {
  test('a backend throttled by 15 % is detected', () => {
    expect(verdicts(1.15, paired)['slower']).toBeGreaterThanOrEqual(0.95 * COMPARISONS);
  });

  test('equal backends are not called different', () => {
    const { faster, slower } = verdicts(1, paired);
    expect(faster! + slower!).toBeLessThanOrEqual(MOST_FALSE_ALARMS);
    expect(faster! + slower!).toBeGreaterThan(0);
  });
});

test('the interval of the speedup holds the true value about as often as it says', () => {
  const random = seededRandom(7);
  let held = 0;
  for (let comparison = 0; comparison < 400; comparison += 1) {
    const draw = (ms: number): number[] =>
      Array.from({ length: 20 }, () => ms * Math.exp(0.05 * normalDeviate(random)));
    const { interval } = compareSpeed(draw(150), draw(100), { seed: comparison, resamples: 300 })!;
    if (interval.low <= 1.5 && interval.high >= 1.5) held += 1;
  }
  expect(held / 400).toBeGreaterThan(0.9);
});

test('the same seed gives the same answer', () => {
  const a = [10, 11, 12, 10.5];
  const b = [20, 21, 22, 19.5];
  expect(compareSpeed(a, b, { seed: 3 })).toEqual(compareSpeed(a, b, { seed: 3 }));
  expect(compareSpeed(a, b)!.speedup).toBeCloseTo(10.75 / 20.5, 12);
});

test('one run is no comparison', () => {
  expect(compareSpeed([1], [2, 3])).toBeNull();
});

test('rounds that a busy machine slows as a whole leave the interval of paired runs narrow', () => {
  const busy = [1, 1.1, 8, 1, 3, 1.2, 1, 6];
  const baseline = busy.map((load, round) => load * (100 + (round % 3)));
  const candidate = busy.map((load, round) => load * (50 + (round % 2)));
  const width = (paired: boolean): number => {
    const { interval } = compareSpeed(baseline, candidate, { paired }) ?? expect.unreachable();
    return interval.high - interval.low;
  };
  expect(width(true)).toBeLessThan(width(false) / 4);
});
