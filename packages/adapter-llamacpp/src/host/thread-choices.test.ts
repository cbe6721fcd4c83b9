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

test('batches of other sizes, whose tokens take another time, do not decide for these', () => {
  const choices = new ThreadChoices(options, SMALL);
  // With two threads a token of a batch of 128 takes 2 ms and of 512 1 ms; with one it takes 3 and 1.8.
  const took = { 128: [NaN, 3, 2], 512: [NaN, 1.8, 1] } as const;
  for (const tokens of [128, 128, 128, 128, 512, 512, 128, 512, 512, 512, 512, 128, 512] as const) {
    const tuner = choices.batch(tokens);
    tuner.record(took[tokens][tuner.threads] ?? NaN);
  }
  expect([128, 512].map((tokens) => choices.batch(tokens).threads)).toEqual([2, 2]);
});
