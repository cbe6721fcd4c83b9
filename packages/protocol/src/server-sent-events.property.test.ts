import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeEvent, serverSentEvents } from './server-sent-events.js';

async function* packets(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const at = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...at, bytes.length]) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

test('events arrive as they were sent, wherever the network cuts them and however lines end', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((value) => value.replace(/[\r\n]/g, ' '));
  await fc.assert(
    fc.asyncProperty(
      fc.array(text),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat()),
      async (events, end, cuts) => {
        const wire = events.map((event) => `: comment${end}data: ${event}${end}${end}`).join('');
        const seen: string[] = [];
        for await (const event of serverSentEvents(packets(new TextEncoder().encode(wire), cuts))) seen.push(event);
        expect(seen).toEqual(events);
      },
    ),
  );
});

test('an event that was written comes back, several lines of text included', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((value) => value.replace(/\r\n?/g, '\n'));
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.array(fc.nat()), async (events, cuts) => {
      const wire = new TextEncoder().encode(events.map((event) => encodeEvent(event, 'delta')).join(''));
      const seen: string[] = [];
      for await (const event of serverSentEvents(packets(wire, cuts))) seen.push(event);
      expect(seen).toEqual(events);
    }),
  );
});
