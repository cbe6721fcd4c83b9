import { eastAsianWidth } from 'get-east-asian-width';
import { expect, test } from 'vitest';
import { arePlainLines, isPlain } from './plain-text.js';

const characters = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));

test('what is plain is printable, joins nothing and takes one column', () => {
  const plain = characters.filter(isPlain);
  expect(plain).toEqual(expect.arrayContaining(['a', '~', 'é', '·', '–', '…', '→']));
  for (const character of plain) {
    expect(character).not.toMatch(/[\p{C}\p{M}\p{Zl}\p{Zp}]/u);
    expect(eastAsianWidth(character.codePointAt(0) ?? 0)).toBe(1);
  }
});

test('lines are plain where every character but their ends is', () => {
  const within = characters.filter((character) => arePlainLines(`a${character}b`));
  expect(within).toEqual(characters.filter((character) => character === '\n' || isPlain(character)));
});
