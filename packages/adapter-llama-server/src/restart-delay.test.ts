import { expect, it } from 'vitest';
import { RestartDelay } from './restart-delay.js';

it('doubles with every end, up to a minute', () => {
  const delay = new RestartDelay();
  const waits = Array.from({ length: 10 }, () => {
    delay.ended(0, 100);
    return delay.leftMs(0);
  });
  expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  expect(delay.leftMs(59_000)).toBe(1_000);
  expect(delay.leftMs(61_000)).toBe(0);
});

it('begins anew after an answer, and after a server that ran for long', () => {
  const delay = new RestartDelay();
  delay.ended(0, 100);
  delay.ended(0, 100);
  delay.answered();
  expect(delay.leftMs(0)).toBe(0);
  delay.ended(0, 100);
  delay.ended(0, 100);
  expect(delay.leftMs(0)).toBe(1_000);
  delay.ended(0, 3_600_000);
  expect(delay.leftMs(0)).toBe(0);
});
