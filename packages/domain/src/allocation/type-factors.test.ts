import { expect, test } from 'vitest';
import { typeFactors } from './type-factors.js';

const whole = (q3: number, q4: number, loss: number) => ({
  parts: new Map([['Q3_K', q3] as const, ['Q4_K', q4] as const]),
  loss,
});

test('factors bring predictions to what whole files lost', () => {
  const factors = typeFactors([whole(1, 0, 1.5), whole(0.5, 0.5, 1.25), whole(0, 1, 1), whole(0.2, 0.8, 1.1)]);
  expect(factors.get('Q3_K')).toBeCloseTo(1.5, 1);
  expect(factors.get('Q4_K')).toBeCloseTo(1, 1);
});

test('what was hardly measured stays as it was', () => {
  const factors = typeFactors([whole(1, 0.001, 1.2)]);
  expect(factors.get('Q3_K')).toBeCloseTo(1.2, 1);
  expect(factors.get('Q4_K')).toBeCloseTo(1, 2);
  expect(typeFactors([]).size).toBe(0);
  // A file that lost nothing, or could not be measured, says nothing.
  expect(typeFactors([whole(1, 1, 0), whole(1, 1, Number.NaN)]).size).toBe(0);
});

test('no factor runs away', () => {
  expect(typeFactors([whole(1, 0, 100)]).get('Q3_K')).toBe(4);
});
