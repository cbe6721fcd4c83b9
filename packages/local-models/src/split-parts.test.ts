import { expect, test } from 'vitest';
import { splitParts } from './split-parts.js';

test('names all parts of a split file, and an ordinary file alone', () => {
  expect(splitParts('/m/big-00001-of-00003.gguf')).toEqual([
    '/m/big-00001-of-00003.gguf',
    '/m/big-00002-of-00003.gguf',
    '/m/big-00003-of-00003.gguf',
  ]);
  expect(splitParts('/m/small.gguf')).toEqual(['/m/small.gguf']);
});
