import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StopMatcher } from './stop-matcher.js';

/** What a reader sees when a text comes in these pieces. */
function shown(pieces: readonly string[], stops: readonly string[]): string {
  const matcher = new StopMatcher(stops);
  let text = '';
  for (const piece of pieces) {
    const step = matcher.push({ text: piece });
    text += step.pieces.map((one) => one.text).join('');
    if (step.stopped)
      return (
        text +
        matcher
          .rest()
          .map((one) => one.text)
          .join('')
      );
  }
  return (
    text +
    matcher
      .rest()
      .map((one) => one.text)
      .join('')
  );
}

test('however a text is cut into pieces, it ends before the first stop string', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 30 });
  const stop = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(letters), fc.array(stop, { maxLength: 3 }), (pieces, stops) => {
      // Pieces end one by one: a stop string that is complete ends the text, even if a longer one began earlier.
      const characters = pieces.join('').split('');
      const whole = characters.join('');
      const ends = stops.flatMap((s) => (whole.includes(s) ? [whole.indexOf(s) + s.length] : []));
      const end = Math.min(...ends);
      const expected =
        ends.length === 0
          ? whole
          : whole.slice(0, Math.min(...stops.map((s) => whole.slice(0, end).indexOf(s)).filter((at) => at >= 0)));
      expect(shown(characters, stops)).toBe(expected);
    }),
  );
});

test('text that might begin a stop string waits, all other text does not', () => {
  const matcher = new StopMatcher(['</end>']);
  expect(matcher.push({ text: 'tale <' }).pieces).toEqual([]);
  expect(matcher.push({ text: '/e' }).pieces).toEqual([]);
  expect(matcher.push({ text: 'm>' }).pieces.map((one) => one.text)).toEqual(['tale <', '/e', 'm>']);
});
