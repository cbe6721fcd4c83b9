import { describe, expect, test } from 'vitest';
import { mixGoal } from './mixed.goal.js';

describe('the goal of a recipe', () => {
  test.each([
    [{}, null],
    [{ maxKld: 0.02 }, { kind: 'max-loss', nats: 0.02 }],
    [
      { fastest: true, maxKld: 0.02 },
      { kind: 'fastest', within: { nats: 0.02 }, size: null },
    ],
    [
      { fastest: true, betterThan: 'Q4_K_M' },
      { kind: 'fastest', within: { level: 'Q4_K_M' }, size: null },
    ],
    [
      { fastest: true, maxKld: 0.02, targetBpw: 5 },
      { kind: 'fastest', within: { nats: 0.02 }, size: { kind: 'bits-per-weight', bits: 5 } },
    ],
  ] as const)('of %j is %j', (flags, goal) => {
    expect(mixGoal(flags)).toEqual(goal);
  });

  test.each([
    [{ fastest: true }, /needs a bound/],
    [{ fastest: true, targetBpw: 5 }, /needs a bound/],
    [{ fastest: true, maxKld: 0.02, betterThan: 'Q4_K_M' }, /both say how much/],
    [{ fastest: true, maxKld: 0.02, fit: 'RTX 4060' }, /--fit is about a card/],
    [{ fastest: true, maxKld: 0.02, targetBpw: 5, targetSize: 9e9 }, /More than one size/],
    [{ maxKld: 0.02, targetBpw: 5 }, /More than one target/],
    [{ context: 8192, targetBpw: 5 }, /no card is named/],
  ] as const)('%j is refused', (flags, message) => {
    expect(() => mixGoal(flags)).toThrow(message);
  });
});
