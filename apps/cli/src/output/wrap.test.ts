import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLOURED, visibleWidth } from './style.js';
import { wrapLines } from './wrap.js';

describe('wrapLines', () => {
  it('breaks at words, and goes on below the text of a bullet', () => {
    expect(wrapLines('  • one two three four', 13)).toBe('  • one two\n    three\n    four');
    expect(wrapLines('one two\nthree', 80)).toBe('one two\nthree');
  });

  it('breaks nothing where there is no terminal, no command and no long word', () => {
    const long = 'word '.repeat(40);
    expect(wrapLines(long, null)).toBe(long);
    expect(wrapLines('Next: plimsoll run a-very-long-name "Hello"', 20)).toBe(
      'Next: plimsoll run a-very-long-name "Hello"',
    );
    expect(wrapLines(`see ${'x'.repeat(30)} there`, 10)).toBe(`see\n${'x'.repeat(30)}\nthere`);
  });

  it('does not count decorations', () => {
    const line = `${COLOURED.bold('one')} two`;
    expect(wrapLines(line, 7)).toBe(line);
  });

  it('loses no word and makes no line wider than it must be', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '模', '!'), minLength: 1, maxLength: 12 }));
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (list, width) => {
        const text = `x${list.join(' ')}`;
        const wrapped = wrapLines(text, width);
        expect(wrapped.split(/\s+/u)).toEqual(text.split(' '));
        for (const line of wrapped.split('\n')) expect(visibleWidth(line) <= width || !line.includes(' ')).toBe(true);
      }),
    );
  });
});
