import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../metrics/seeded-random.js';
import { allocate } from './allocate.js';
import type { AllocationGroup, AllocationOption } from './allocation-option.js';
import { parseRecipeLines, recipeLines, recipeOverrides } from './recipe.js';

const option = fc.record({
  type: fc.constantFrom('Q2_K', 'Q4_K', 'Q8_0' as const),
  bytes: fc.integer({ min: 1, max: 60 }),
  loss: fc.integer({ min: 0, max: 60 }),
}) as fc.Arbitrary<AllocationOption>;
const groups = (most: number): fc.Arbitrary<AllocationGroup[]> =>
  fc
    .array(fc.array(option, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: most })
    .map((all) => all.map((options, i) => ({ name: `group ${i}`, options })));

function smallest(all: readonly AllocationGroup[]): number {
  return all.reduce((total, { options }) => total + Math.min(...options.map(({ bytes }) => bytes)), 0);
}

/** The least loss of all combinations within the budget. */
function bruteForce([first, ...rest]: readonly AllocationGroup[], budget: number): number {
  if (budget < 0) return Infinity;
  if (first === undefined) return 0;
  return Math.min(...first.options.map(({ bytes, loss }) => loss + bruteForce(rest, budget - bytes)));
}

describe('allocate', () => {
  test('one or two groups get the best combination there is', () => {
    fc.assert(
      fc.property(groups(2), fc.nat(80), (all, slack) => {
        const budget = smallest(all) + slack;
        expect(allocate(all, budget).loss).toBe(bruteForce(all, budget));
      }),
    );
  });

  test('it stays within the budget, between the bound and the bound plus what one group can gain', () => {
    fc.assert(
      fc.property(groups(6), fc.nat(200), (all, slack) => {
        const budget = smallest(all) + slack;
        const { bytes, loss, lossBound, choices } = allocate(all, budget);
        const best = bruteForce(all, budget);
        const range = Math.max(
          ...all.map(({ options }) => {
            const losses = options.map((one) => one.loss);
            return Math.max(...losses) - Math.min(...losses);
          }),
        );
        expect(bytes).toBeLessThanOrEqual(budget);
        expect(bytes).toBe(choices.reduce((total, choice) => total + choice.bytes, 0));
        expect(loss).toBeGreaterThanOrEqual(best);
        expect(best).toBeGreaterThanOrEqual(lossBound - 1e-9);
        expect(loss - lossBound).toBeLessThanOrEqual(range + 1e-9);
      }),
    );
  });

  test('560 tensors of ten types, as a 70B model has: within 0.5 % of the bound', () => {
    const random = seededRandom(7);
    const all = Array.from({ length: 560 }, (_, i): AllocationGroup => {
      const weight = random() ** 4;
      const size = 4_000_000 * (1 + Math.floor(random() * 8));
      const options = Array.from({ length: 10 }, (__, k) => ({
        type: 'Q4_K' as const,
        bytes: size * (k + 2),
        loss: weight * 4 ** -k * (0.7 + 0.6 * random()),
      }));
      return { name: `tensor ${i}`, options };
    });
    const { loss, lossBound } = allocate(all, Math.floor(smallest(all) * 2.2));
    expect(loss).toBeGreaterThanOrEqual(lossBound);
    expect(loss / lossBound - 1).toBeLessThan(0.005);
  });

  test.each([
    ['a budget below the smallest possible', [{ bytes: 9, loss: 0 }], 8],
    ['a group without a type', [], 8],
    ['a loss that was not measured', [{ bytes: 1, loss: Number.NaN }], 8],
    ['a budget that is not a number', [{ bytes: 1, loss: 0 }], Number.NaN],
  ])('%s is refused', (_, options, budget) => {
    const group = { name: 'x', options: options.map((one) => ({ ...one, type: 'Q4_K' as const })) };
    expect(() => allocate([group], budget)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });
});

test('a recipe names each tensor alone, and itself by its bits', () => {
  const entries = [{ tensor: 'blk.1.attn_v.weight', type: 'Q6_K' }] as const;
  const [override] = recipeOverrides(entries);
  expect(new RegExp(override!.pattern).test('blk.1.attn_v.weight')).toBe(true);
  expect(new RegExp(override!.pattern).test('blk.11.attn_v.weight')).toBe(false);
  expect(new RegExp(override!.pattern).test('blk.1xattn_v.weight')).toBe(false);
  expect(recipeLines(entries)).toEqual(['^blk\\.1\\.attn_v\\.weight$=q6_k']);
  expect(parseRecipeLines(`${recipeLines(entries).join('\n')}\n\n`)).toEqual([override]);
  for (const line of ['attn_v', '=q6_k', 'attn_v=q6', '(=q6_k'])
    expect(() => parseRecipeLines(line)).toThrow(/line of a recipe/);
});
