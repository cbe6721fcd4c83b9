import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ThinkingSplitter } from './thinking-splitter.js';
import type { Opening } from './thinking-splitter.js';

/** What is thought and what is said when a text comes in these pieces. */
function split(opening: Opening, pieces: readonly string[]): { readonly thought: string; readonly said: string } {
  const splitter = new ThinkingSplitter(opening);
  const parts = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.rest()];
  const join = (thinking: boolean): string =>
    parts
      .filter((part) => (part.thinking ?? false) === thinking)
      .map(({ text }) => text)
      .join('');
  return { thought: join(true), said: join(false) };
}

test.each<[string, Opening, string, string, string]>([
  [
    'a thought, then an answer',
    'perhaps',
    '\n<think>\nSix.\n\nOr 7?\n</think>\n\nIt is 6.\n',
    'Six.\n\nOr 7?',
    'It is 6.\n',
  ],
  ['a thought that the prompt has opened', 'thought', '\nSix. </think> It is 6.', 'Six.', 'It is 6.'],
  ['no thought', 'perhaps', '  <thin ice> is', '', '  <thin ice> is'],
  ['an empty thought', 'perhaps', '<think>\n\n</think>\n\nYes', '', 'Yes'],
  ['a thought without an end', 'perhaps', '<think>I wonder </thi', 'I wonder </thi', ''],
  ['a mark that comes later is text', 'perhaps', 'Write <think> here', '', 'Write <think> here'],
  ['an answer of a model that does not think', 'answer', '<think>a</think>b', '', '<think>a</think>b'],
])('%s', (_, opening, text, thought, said) => {
  expect(split(opening, [text])).toEqual({ thought, said });
  expect(split(opening, Array.from(text))).toEqual({ thought, said });
});

test('however a text is cut into pieces, its parts are the same', () => {
  const word = fc.constantFrom('<think>', '</think>', '<', '/', 'think', '>', ' ', '\n', 'a');
  fc.assert(
    fc.property(
      fc.constantFrom<Opening>('answer', 'perhaps', 'thought'),
      fc.array(word, { maxLength: 12 }),
      fc.array(fc.nat(40)),
      (opening, words, cuts) => {
        const text = words.join('');
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
        expect(split(opening, pieces)).toEqual(split(opening, [text]));
      },
    ),
  );
});

test('a thought is told while it is thought', () => {
  const splitter = new ThinkingSplitter('perhaps');
  expect(splitter.push('<think>')).toEqual([]);
  expect(splitter.push('Let me')).toEqual([{ text: 'Let me', thinking: true }]);
  expect(splitter.push(' see <')).toEqual([{ text: ' see', thinking: true }]);
  expect(splitter.push('/think>Yes')).toEqual([{ text: 'Yes' }]);
});
