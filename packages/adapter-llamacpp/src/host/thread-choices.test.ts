import { expect, test } from 'vitest';
import { ThreadChoices } from './thread-choices.js';

const options = { decodeThreads: [1, 2], batchThreads: [2, 1] };
const SMALL = 1_000_000;
const LARGE = 1_000_000_000;

test('a large model is computed with all cores, whatever its steps take beside each other', () => {
  const choices = new ThreadChoices(options, LARGE);
  for (let step = 0; step < 20; step++) {
    choices.decode(1).record(10);
    choices.batch(512).record(1);
    choices.batch(128).record(2);
    expect([choices.decode(1), choices.batch(512), choices.batch(128)].map(({ threads }) => threads)).toEqual([
      2, 2, 2,
    ]);
  }
});

test('a token of a small model is tried with each number of threads', () => {
  const choices = new ThreadChoices(options, SMALL);
  const used = new Set<number>();
  for (let step = 0; step < 20; step++) {
    const tuner = choices.decode(1);
    used.add(tuner.threads);
    tuner.record(tuner.threads === 1 ? 1 : 2);
  }
  expect([[...used], choices.decode(1).threads]).toEqual([[1, 2], 1]);
});

test('a batch of a small model is computed with all cores, and with fewer once these have become slow', () => {
  const choices = new ThreadChoices(options, SMALL);
  const threadsOf = (tokens: number): number => choices.batch(tokens).threads;
  // A token of a batch of 128 takes twice as long as one of 512, and neither is held against the other.
  for (let step = 0; step < 20; step++) {
    choices.batch(512).record(1);
    choices.batch(128).record(2);
    expect([512, 128].map(threadsOf)).toEqual([2, 2]);
  }
  for (let step = 0; step < 12; step++) choices.batch(512).record(threadsOf(512) === 2 ? 9 : 1.8);
  expect([512, 128].map(threadsOf)).toEqual([1, 2]);
});
