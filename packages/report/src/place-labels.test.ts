import { expect, test } from 'vitest';
import { placeLabels } from './place-labels.js';

const room = { left: 0, right: 300, top: 0, bottom: 200 };
const WIDTH_OF_A_LETTER = 8;

test('texts of points that lie on each other do not lie on each other', () => {
  const labels = ['Q8_0', 'Q8_0 / q8_0', 'Q6_K'].map((text) => ({ text, x: 150, y: 100 }));
  const ys = placeLabels(labels, room).map(({ anchor, y }) => `${anchor} ${y}`);
  expect(new Set(ys).size).toBe(3);
});

test('a text at the edge turns inwards', () => {
  const [place] = placeLabels([{ text: 'F16 / q8_0', x: 295, y: 100 }], room);
  expect(place?.anchor).toBe('end');
  expect((place?.x ?? 0) - 10 * WIDTH_OF_A_LETTER).toBeGreaterThanOrEqual(room.left);
});
