import { describe, expect, test } from 'vitest';
import { mannWhitney } from './mann-whitney.js';
import { mcNemar } from './mcnemar.js';
import { normalCdf, normalQuantile, twoSidedP } from './normal-distribution.js';
import { pairedPermutationP } from './permutation-test.js';
import { seededRandom } from './seeded-random.js';

describe('normal distribution', () => {
  // Table 26.1 of Abramowitz and Stegun
  test.each([
    [0, 0.5],
    [1, 0.841344746068543],
    [2, 0.977249868051821],
    [3, 0.99865010196837],
    [-1, 0.158655253931457],
  ])('Φ(%s)', (z, expected) => {
    expect(normalCdf(z)).toBeCloseTo(expected, 12);
  });

  test('the well-known limits of 95 %', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 9);
    expect(twoSidedP(1.959963984540054)).toBeCloseTo(0.05, 12);
  });
});

describe('Mann-Whitney', () => {
  test('the exact table: three against three fully apart has p = 0.1', () => {
    expect(mannWhitney([1, 2, 3], [4, 5, 6])).toEqual({ u: 0, pValue: 0.1, superiority: 0 });
  });

  test("R's wilcox.test example: depression scale of nine patients, exact, unpaired", () => {
    const before = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const after = [1.15, 0.88, 0.9, 0.74, 1.21];
    expect(mannWhitney(before, after)).toMatchObject({ u: 35 });
    // `?wilcox.test` gives p-value = 0.1272 for alternative = "greater"
    expect(mannWhitney(before, after)!.pValue / 2).toBeCloseTo(0.1272, 4);
  });

  test('equal values are no difference', () => {
    expect(mannWhitney([2, 2, 2], [2, 2])).toEqual({ u: 3, pValue: 1, superiority: 0.5 });
    expect(mannWhitney([], [1])).toBeNull();
  });
});

describe("McNemar's test", () => {
  const tasks = (onlyFirst: number, onlySecond: number, both: number): [boolean[], boolean[]] => [
    [
      ...new Array<boolean>(onlyFirst).fill(true),
      ...new Array<boolean>(onlySecond).fill(false),
      ...new Array<boolean>(both).fill(true),
    ],
    [
      ...new Array<boolean>(onlyFirst).fill(false),
      ...new Array<boolean>(onlySecond).fill(true),
      ...new Array<boolean>(both).fill(true),
    ],
  ];

  test('six tasks that only one of them solved are significant: 2 / 2^6', () => {
    const { onlyFirst, onlySecond, pValue } = mcNemar(...tasks(6, 0, 20));
    expect([onlyFirst, onlySecond]).toEqual([6, 0]);
    expect(pValue).toBeCloseTo(2 / 64, 12);
  });

  test('tasks that both solved say nothing', () => {
    expect(mcNemar(...tasks(0, 0, 1000)).pValue).toBe(1);
    expect(mcNemar(...tasks(3, 3, 0)).pValue).toBe(1);
  });

  test('large counts go over to χ²', () => {
    // b = 600, c = 500: ((100 − 1)² / 1100) = 8.91, p = 0.00284
    expect(mcNemar(...tasks(600, 500, 0)).pValue).toBeCloseTo(0.002837, 5);
  });
});

describe('paired permutation test', () => {
  test('eight differences of one sign have p = 2 / 2^8', () => {
    expect(pairedPermutationP([1, 2, 3, 4, 5, 6, 7, 8], seededRandom(1))).toBe(2 / 256);
  });

  test('many pairs are drawn, and agree with the exact figure', () => {
    const differences = [0.3, -0.1, 0.5, 0.2, -0.4, 0.6, 0.1, 0.2, -0.2, 0.3, 0.4, -0.1, 0.2];
    const exact = pairedPermutationP(differences, seededRandom(1))!;
    const drawn = pairedPermutationP([...differences, 0, 0, 0], seededRandom(1))!;
    expect(Math.abs(drawn - exact)).toBeLessThan(0.02);
  });

  test('no pairs, no answer', () => {
    expect(pairedPermutationP([], seededRandom(1))).toBeNull();
  });
});
