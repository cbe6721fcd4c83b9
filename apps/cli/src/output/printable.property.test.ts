import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableDocument, printableJson, printableLines, printableSentence } from './printable.js';

/** Every code point of Unicode, the halves of surrogate pairs included. */
function* everyCodePoint(): Generator<string> {
  for (let code = 0; code <= 0x10ffff; code++) yield String.fromCodePoint(code);
}

/** What acts on a terminal or hides, named here by numbers, not by the categories that the code names it by. */
const ACTS: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x61c, 0x61c],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0001, 0xe0001],
  [0xe0020, 0xe007f],
];
const acts = (text: string): boolean =>
  Array.from(text).some((character) => {
    const code = character.codePointAt(0) ?? 0;
    return ACTS.some(([from, to]) => code >= from && code <= to);
  });

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 400 }),
  fc
    .array(fc.constantFrom('\u001b[2J', '\u001b]52;c;YQ==\u0007', '\r', '\n', '\0', '\u202e', 'N'.repeat(200), ' '))
    .map((parts) => parts.join('')),
);

describe('printable', () => {
  it('lets no code point of Unicode act', () => {
    for (const character of everyCodePoint()) {
      const shown = [printable(character), printableSentence(character), printableJson(JSON.stringify(character))];
      if (shown.some(acts)) {
        expect.fail(`U+${(character.codePointAt(0) ?? 0).toString(16)} acts`);
      }
    }
  });

  it('leaves letters of every script, combining marks, joiners and emoji as they are', () => {
    for (const text of ['Qwen 通义千问', 'Жаба', 'नमस्ते', 'می‌خواهم', '👩‍👩‍👧 é', 'C:\\models\\a.gguf']) {
      expect(printable(text)).toBe(text);
    }
  });

  it('is one line of at most 120 characters, whatever it is given', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printable(text);
        expect(Array.from(shown).length).toBeLessThanOrEqual(120);
        expect(acts(shown)).toBe(false);
      }),
    );
    expect(printable('N'.repeat(1024 ** 2))).toBe(`${'N'.repeat(119)}…`);
  });

  it('shows what was escaped by its number', () => {
    expect(printable('a\u001b[2J\r\n\0\u202eb\u{e0001}')).toBe('a\\x1b[2J\\r\\n\\0\\u{202e}b\\u{e0001}');
  });
});

describe('printableSentence', () => {
  it('is one line in which no foreign word is longer than 120 characters', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printableSentence(`The tensor ${text} is wrong.`);
        expect(Array.from(shown).length).toBeLessThanOrEqual(2000);
        expect(acts(shown)).toBe(false);
        for (const word of shown.split(/[\s/\\]+/u)) expect(Array.from(word).length).toBeLessThanOrEqual(120);
      }),
    );
  });

  it('leaves a long path whole, so that a command with it can be copied', () => {
    const sentence = `No file ${'/folder'.repeat(40)}/model.gguf.`;
    expect(printableSentence(sentence)).toBe(sentence);
  });
});

describe('printableLines', () => {
  it('keeps line breaks and tabs of an answer, and no more', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printableLines(text);
        expect(acts(shown.replaceAll(/[\n\t]/g, ''))).toBe(false);
      }),
    );
    expect(printableLines('a\tb\r\nc\n')).toBe('a\tb\nc\n');
  });
});

describe('printableJson', () => {
  it('is pure of what acts, and means the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = printableJson(JSON.stringify({ text }, null, 2));
        expect(acts(json.replaceAll('\n', ''))).toBe(false);
        expect(JSON.parse(json)).toEqual({ text });
      }),
    );
  });
});

describe('printableDocument', () => {
  it('makes every text of a document printable, and leaves the rest', () => {
    const document = { name: 'a\u001b[2J', sizes: [1, null, true], list: [{ message: 'b\r' }], path: 'c\n' };
    expect(printableDocument(document)).toEqual({
      name: 'a\\x1b[2J',
      sizes: [1, null, true],
      list: [{ message: 'b\\r' }],
      path: 'c\\n',
    });
  });

  it('takes a field called __proto__ for a field', () => {
    const document = JSON.parse('{"__proto__": {"name": "a"}}') as object;
    expect(Object.keys(printableDocument(document))).toEqual(['__proto__']);
  });
});
