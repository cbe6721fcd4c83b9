import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLine, lines } from './index.js';

async function* packets(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const length = 1 + (lengths[turn % lengths.length] ?? 0);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const cuts = fc.array(fc.nat(40), { minLength: 1 });

async function collect(text: string, lengths: readonly number[]): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const line of lines(packets(new TextEncoder().encode(text), lengths))) found.push(line);
  return found;
}

test('however a stream is cut into pieces, the same lines come out', async () => {
  const line = fc
    .string({ unit: 'grapheme', minLength: 1 })
    .filter((text) => text.trim() !== '' && !text.includes('\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(line), line, cuts, async (whole, last, lengths) => {
      const text = whole.map((one) => `${one}\n`).join('') + last;
      expect(await collect(text, lengths)).toEqual([...whole, last.trim()]);
    }),
  );
});

test('any JSON value comes back from the line that it was written as', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), cuts, async (values, lengths) => {
      const found = await collect(values.map(encodeLine).join(''), lengths);
      expect(found.map((text) => JSON.parse(text) as unknown)).toEqual(
        values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
      );
    }),
  );
});
