import { expect, test } from 'vitest';
import { chooseSequence } from './sequence.js';
import type { Sequence } from './sequence.js';

type Choosable = Pick<Sequence, 'answer' | 'held' | 'lastUsed' | 'commonWith'> & { readonly name: string };

const sequence = (name: string, held: number[], lastUsed: number, busy = false): Choosable => ({
  name,
  held,
  lastUsed,
  answer: busy ? ({} as Sequence['answer']) : null,
  commonWith: (prompt) => {
    let common = 0;
    while (common < Math.min(held.length, prompt.length - 1) && held[common] === prompt[common]) common++;
    return common;
  },
});
const prompt = Int32Array.from([1, 2, 3, 4, 5]);

test.each([
  ['the longest common beginning', [sequence('a', [1, 9], 1), sequence('b', [1, 2, 3], 2)], true, 'b'],
  ['an empty one where nothing is shared', [sequence('a', [9], 1), sequence('b', [], 2)], true, 'b'],
  ['the one unused longest', [sequence('a', [9], 5), sequence('b', [8], 2)], true, 'b'],
  ['an empty one for who starts afresh', [sequence('a', [1, 2, 3], 1), sequence('b', [], 2)], false, 'b'],
  ['a free one', [sequence('a', [1, 2, 3], 1, true), sequence('b', [9], 2)], true, 'b'],
] as const)('takes %s', (_what, sequences, reuse, expected) => {
  expect(chooseSequence(sequences, prompt, reuse)?.name).toBe(expected);
});

test('takes none when all are busy', () => {
  expect(chooseSequence([sequence('a', [], 1, true)], prompt, true)).toBeNull();
});
