import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './ndjson.js';

test('however a stream is cut into pieces, the same lines come out', () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => text.trim() !== '' && !text.includes('\n'));
  const cuts = fc.array(fc.nat(40), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(line), line, cuts, (lines, last, lengths) => {
      const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join('') + last);
      const splitter = new LineSplitter();
      const found: string[] = [];
      let at = 0;
      for (let turn = 0; at < bytes.length; turn += 1) {
        const length = 1 + (lengths[turn % lengths.length] ?? 0);
        found.push(...splitter.push(bytes.subarray(at, at + length)));
        at += length;
      }
      expect(found).toEqual(lines);
      expect(splitter.rest()).toBe(last.trim());
    }),
  );
});
