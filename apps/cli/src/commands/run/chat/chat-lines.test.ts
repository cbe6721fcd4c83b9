import { expect, test } from 'vitest';
import { takeLine } from './chat-lines.js';

function typed(...lines: readonly string[]): readonly (string | null)[] {
  let pending: readonly string[] = [];
  return lines.map((line) => {
    const taken = takeLine(pending, line);
    pending = taken.pending;
    return taken.message;
  });
}

test('a line is a message', () => {
  expect(typed('Hello', '  there ')).toEqual(['Hello', 'there']);
});

test('a backslash at the end goes on with the next line', () => {
  expect(typed('one\\', 'two\\', 'three', 'four')).toEqual([null, null, 'one\ntwo\nthree', 'four']);
});

test('three quotes hold any number of lines, empty ones too', () => {
  expect(typed('"""one', '', 'a \\', 'two"""', 'three')).toEqual([null, null, null, 'one\n\na \\\ntwo', 'three']);
  expect(typed('"""all on one"""')).toEqual(['all on one']);
});
