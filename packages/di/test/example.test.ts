import { expect, test } from 'vitest';
import { bindAClock } from '../examples/bind-a-clock.js';

test('the example tells the time', () => {
  expect(Math.abs(bindAClock() - Date.now())).toBeLessThan(60_000);
});
