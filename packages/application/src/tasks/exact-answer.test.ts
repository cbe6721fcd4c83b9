import { describe, expect, test } from 'vitest';
import { checkExactAnswer } from './exact-answer.js';
import { parseJsonAnswer } from './json-answer.js';

describe('checkExactAnswer', () => {
  test.each([
    ['85', '85'],
    [' 85.\n', '85'],
    ['**Tuesday**', 'tuesday'],
    ['“Tove”', 'Tove'],
    ['mast  rope sail', 'mast rope sail'],
    ['42\n\nQuestion: what is', '42'],
    ['red\ngreen', 'red\ngreen'],
  ])('%j is %j', (answer, expected) => {
    expect(checkExactAnswer(answer, expected)).toBe(true);
  });

  test.each([
    ['The answer is 85.', '85'],
    ['185', '85'],
    ['-85', '85'],
    ['', '85'],
    ['red', 'red\ngreen'],
    ['anything', ''],
  ])('%j is not %j', (answer, expected) => {
    expect(checkExactAnswer(answer, expected)).toBe(false);
  });
});

describe('parseJsonAnswer', () => {
  test.each([
    ['{"a": 1}', { a: 1 }],
    ['```json\n[1, 2]\n```', [1, 2]],
    ['```\nnull\n```', null],
  ])('%j is JSON', (answer, value) => {
    expect(parseJsonAnswer(answer)).toEqual({ value });
  });

  test.each(['', 'Here it is: {"a": 1}', '{"a": 1', '```json\n{}\n``` as you wished'])('%j is none', (answer) => {
    expect(parseJsonAnswer(answer)).toBeNull();
  });
});
