import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocateFastest } from './allocate-fastest.js';
import type { FastestBounds, TimedGroup } from './allocate-fastest.js';

const TYPES = ['Q2_K', 'Q4_K', 'Q5_K', 'Q8_0'] as const;
const groups = (most: number): fc.Arbitrary<TimedGroup[]> =>
  fc
    .array(
      fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 60 }), loss: fc.nat(60), seconds: fc.nat(60) }), {
        minLength: 1,
        maxLength: TYPES.length,
      }),
      { minLength: 1, maxLength: most },
    )
    .map((all) =>
      all.map((options, i) => ({
        name: `group ${i}`,
        options: options.map((option, k) => ({ ...option, type: TYPES[k] ?? 'Q8_0' })),
      })),
    );

const least = (all: readonly TimedGroup[], of: 'loss' | 'seconds'): number =>
  all.reduce((sum, { options }) => sum + Math.min(...options.map((option) => option[of])), 0);

/** The least time of all combinations within the bounds. */
function bruteForce([first, ...rest]: readonly TimedGroup[], { loss, bytes }: FastestBounds): number {
  if (loss < 0 || (bytes ?? 0) < 0) return Infinity;
  if (first === undefined) return 0;
  const left = (one: { bytes: number; loss: number }): FastestBounds => {
    return { loss: loss - one.loss, bytes: bytes === null ? null : bytes - one.bytes };
  };
  return Math.min(...first.options.map((option) => option.seconds + bruteForce(rest, left(option))));
}

describe('allocateFastest', () => {
  test('one or two groups get the fastest combination there is within the loss', () => {
    fc.assert(
      fc.property(groups(2), fc.nat(80), (all, slack) => {
        const bounds = { loss: least(all, 'loss') + slack + 1, bytes: null };
        expect(allocateFastest(all, bounds).seconds).toBe(bruteForce(all, bounds));
      }),
    );
  });

  test('more come within what one group can gain of it, and never exceed the loss', () => {
    fc.assert(
      fc.property(groups(6), fc.nat(200), (all, slack) => {
        const bounds = { loss: least(all, 'loss') + slack + 1, bytes: null };
        const found = allocateFastest(all, bounds);
        const range = Math.max(
          ...all.map(({ options }) => {
            const times = options.map(({ seconds }) => seconds);
            return Math.max(...times) - Math.min(...times);
          }),
        );
        expect(found.loss).toBeLessThanOrEqual(bounds.loss);
        expect(found.seconds).toBe(found.choices.reduce((sum, { seconds }) => sum + seconds, 0));
        expect(found.seconds).toBeLessThanOrEqual(bruteForce(all, bounds) + range);
        expect(found.secondsBound).toBeLessThanOrEqual(bruteForce(all, bounds) + 1e-6);
      }),
    );
  });

  test('a size is kept, or refused where nothing is found that keeps it', () => {
    fc.assert(
      fc.property(groups(5), fc.nat(100), fc.nat(300), (all, slack, bytes) => {
        const bounds = { loss: least(all, 'loss') + slack + 1, bytes };
        const best = bruteForce(all, bounds);
        try {
          const found = allocateFastest(all, bounds);
          expect(found.bytes).toBeLessThanOrEqual(bytes);
          expect(found.loss).toBeLessThanOrEqual(bounds.loss);
          expect(found.seconds).toBeGreaterThanOrEqual(best);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-input' });
        }
      }),
    );
  });

  test.each([3, 7, 49])('a loss of thirds, sevenths … that meets its bound exactly is within it (%d)', (parts) => {
    const pair = ['a', 'b'].map((name): TimedGroup => {
      return { name, options: [{ type: 'Q4_K', bytes: 1, loss: 1 / parts, seconds: 1 }] };
    });
    expect(allocateFastest(pair, { loss: 2 / parts, bytes: null }).seconds).toBe(2);
  });

  test('a type that is slow here is left out, however small it is', () => {
    const options = [
      { type: 'IQ3_S', bytes: 3, loss: 2, seconds: 9 },
      { type: 'Q4_K', bytes: 4, loss: 1, seconds: 3 },
      { type: 'Q8_0', bytes: 8, loss: 0, seconds: 5 },
    ] as const;
    const choose = (loss: number) => allocateFastest([{ name: 'a', options }], { loss, bytes: null }).choices[0]?.type;
    expect([choose(9), choose(1), choose(0.5)]).toEqual(['Q4_K', 'Q4_K', 'Q8_0']);
  });

  test('a loss that nothing keeps is refused, and says what could be kept', () => {
    const option = { type: 'Q4_K', bytes: 4, loss: 0.25, seconds: 3 } as const;
    expect(() => allocateFastest([{ name: 'a', options: [option] }], { loss: 0.1, bytes: null })).toThrow(
      /0\.250 nats/,
    );
  });
});
