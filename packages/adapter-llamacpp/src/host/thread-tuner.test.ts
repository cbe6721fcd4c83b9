import { expect, test } from 'vitest';
import { ThreadTuner } from './thread-tuner.js';

/** Lets a machine with these step times run for a while. */
function run(tuner: ThreadTuner, steps: number, stepMs: Readonly<Record<number, number>>): void {
  for (let i = 0; i < steps; i++) tuner.record(stepMs[tuner.threads] ?? NaN);
}

test('keeps the fastest', () => {
  const tuner = new ThreadTuner([1, 2], 3);
  expect(tuner.threads).toBe(1);
  run(tuner, 20, { 1: 2, 2: 1.2 });
  expect(tuner.threads).toBe(2);
});

test('drops a hopeless candidate after one counted step', () => {
  const tuner = new ThreadTuner([1, 2], 6);
  run(tuner, 7, { 1: 1, 2: 50 });
  expect(tuner.threads).toBe(2);
  run(tuner, 2, { 1: 1, 2: 50 });
  expect(tuner.threads).toBe(1);
});

test('chooses again when its choice has become slow, and when the machine may have become quiet', () => {
  const tuner = new ThreadTuner([1, 2], 3);
  run(tuner, 20, { 1: 2, 2: 1.2 });
  run(tuner, 20, { 1: 3, 2: 90 });
  expect(tuner.threads).toBe(1);
  run(tuner, 1_000, { 1: 2, 2: 1.2 });
  expect(tuner.threads).toBe(2);
});

test('one count alone is kept, whatever it takes', () => {
  const tuner = new ThreadTuner([3, 3], 3);
  run(tuner, 50, { 3: 1_000 });
  expect(tuner.threads).toBe(3);
});

test('on a busy machine trying stays a small share of the time', () => {
  const tuner = new ThreadTuner([1, 2], 6);
  const spent = { 1: 0, 2: 0 };
  for (let i = 0; i < 20_000; i++) {
    const threads = tuner.threads as 1 | 2;
    // Two threads that wait for one core: a thousand times slower.
    const ms = threads === 1 ? 0.4 : 400;
    spent[threads] += ms;
    tuner.record(ms);
  }
  // The first trial cannot be spared; every other waits until the last has been paid off.
  expect(spent[2] - 400).toBeLessThan(0.3 * spent[1]);
});

test('a choice that has become a thousand times slower is left at once', () => {
  const tuner = new ThreadTuner([1, 2], 3);
  run(tuner, 9, { 1: 2, 2: 1.2 });
  expect(tuner.threads).toBe(2);
  run(tuner, 4, { 2: 1_200 });
  expect(tuner.threads).toBe(1);
});

test('one that begins settled keeps to its first choice until that becomes slow', () => {
  const tuner = new ThreadTuner([4, 3], 3, 'settled');
  for (let step = 0; step < 500; step++) {
    expect(tuner.threads).toBe(4);
    tuner.record(20 + (step % 5));
  }
  // The machine became busy: with all cores each barrier waits for the scheduler.
  for (let step = 0; step < 40; step++) tuner.record(tuner.threads === 4 ? 200 : 40);
  expect(tuner.threads).toBe(3);
});
