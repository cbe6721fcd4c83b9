import { expect, test } from 'vitest';
import { warningWords } from './warning.words.js';

const missed = {
  kind: 'other-variant',
  variant: 'tale:1b-fp16',
  model: 'tale:1b',
  level: 'Q8_0',
  error: {
    message: 'It is not here.',
    hint: null,
    remedies: [{ kind: 'make-variant', model: 'tale:1b', level: 'Q8_0' }],
  },
} as const;

test('what is being made already is not to be made by the reader', () => {
  expect(warningWords({ ...missed, isBeingMade: true })).toBe(
    'tale:1b-fp16 answers until Q8_0 of tale:1b has been made.',
  );
});

test('what is not being made says why, and the way out', () => {
  expect(warningWords(missed)).toMatch(
    /^tale:1b-fp16 answers, for there is no Q8_0 of tale:1b now: It is not here\. \w/,
  );
});
