import { expect, test } from 'vitest';
import { whatFits } from '../examples/what-fits.js';
import { SHAPES, transformerHeader } from '../src/model/__fixtures__/transformer-header.js';

test('the example tells what fits on a card with 8 GiB', () => {
  const lines = whatFits(transformerHeader(SHAPES.llama31With8B), ['F16', 'Q4_K_M'], 8 * 1024 ** 3);
  expect(lines).toEqual([
    expect.stringMatching(/^F16: 1[5-7]\.\d GiB, does not fit$/),
    expect.stringMatching(/^Q4_K_M: [56]\.\d\d GiB, fits$/),
  ]);
});
