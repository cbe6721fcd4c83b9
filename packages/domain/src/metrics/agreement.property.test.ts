import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cohensKappa } from './cohens-kappa.js';
import { rankAgreement } from './rank-agreement.js';

const ratings = fc
  .integer({ min: 2, max: 60 })
  .chain((n) =>
    fc.tuple(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }),
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: n, maxLength: n }),
    ),
  );

/** τ-b by its definition: every pair is looked at. */
function tauByPairs(a: readonly number[], b: readonly number[]): number | null {
  let concordance = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 0; i < a.length; i += 1) {
    for (let j = i + 1; j < a.length; j += 1) {
      const signA = Math.sign(a[i]! - a[j]!);
      const signB = Math.sign(b[i]! - b[j]!);
      concordance += signA * signB;
      untiedA += Math.abs(signA);
      untiedB += Math.abs(signB);
    }
  }
  return untiedA === 0 || untiedB === 0 ? null : concordance / Math.sqrt(untiedA * untiedB);
}

describe('rank agreement', () => {
  test("Kendall's τ-b equals its definition over all pairs", () => {
    fc.assert(
      fc.property(ratings, ([a, b]) => {
        const direct = tauByPairs(a, b);
        const { kendallTauB } = rankAgreement(a, b);
        if (direct === null) expect(kendallTauB).toBeNull();
        else expect(kendallTauB).toBeCloseTo(direct, 10);
      }),
    );
  });

  test("without ties Spearman's ρ is 1 − 6Σd² / (n³ − n)", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 40 }), (list) => {
        const sorted = [...list].sort((a, b) => a - b);
        const n = list.length;
        const squares = list.reduce((sum, value, index) => sum + (sorted.indexOf(value) - index) ** 2, 0);
        const places = list.map((_, index) => index);
        expect(rankAgreement(list, places).spearman).toBeCloseTo(1 - (6 * squares) / (n ** 3 - n), 10);
      }),
    );
  });

  test('is blind to the scale and reversed by reversal', () => {
    const stars = [1, 2, 3, 4, 5];
    expect(rankAgreement(stars, [10, 100, 1e3, 1e4, 1e5])).toEqual({ items: 5, spearman: 1, kendallTauB: 1 });
    expect(rankAgreement(stars, [5, 4, 3, 2, 1])).toEqual({ items: 5, spearman: -1, kendallTauB: -1 });
  });

  test('a rater that gives one value only cannot be compared', () => {
    expect(rankAgreement([3, 3, 3], [1, 2, 3])).toEqual({ items: 3, spearman: null, kendallTauB: null });
  });
});

describe("Cohen's κ", () => {
  test('of the textbook table 20/5/10/15 is 0.4', () => {
    const table: [boolean, boolean, number][] = [
      [true, true, 20],
      [true, false, 5],
      [false, true, 10],
      [false, false, 15],
    ];
    const first = table.flatMap(([a, , times]) => new Array<boolean>(times).fill(a));
    const second = table.flatMap(([, b, times]) => new Array<boolean>(times).fill(b));
    expect(cohensKappa(first, second)).toBeCloseTo(0.4, 12);
  });

  test('weights forgive near misses', () => {
    const first = [1, 2, 3, 4, 5, 1, 5];
    const second = [2, 2, 3, 5, 5, 1, 4];
    expect(cohensKappa(first, second, 'quadratic')!).toBeGreaterThan(cohensKappa(first, second)!);
  });

  test('two raters that always say the same thing carry no information', () => {
    expect(cohensKappa(['a', 'a'], ['a', 'a'])).toBeNull();
    expect(cohensKappa([], [])).toBeNull();
  });
});
