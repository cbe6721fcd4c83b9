import { expect, it } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import { PROJECTOR_ANSWERS } from './__fixtures__/projector-answers.js';
import { projectorBytes } from './projector.js';

const MEBIBYTE = 1024 ** 2;

it.each(PROJECTOR_ANSWERS)('%s of %i pixels, patches of %i, %i wide, %i, %i heads, flash %s', (...answer) => {
  const [kind, imageSize, patchSize, width, feedForward, heads, flash, mebibytes] = answer;
  const header = {
    ...transformerHeader(SHAPES.fable5M),
    architecture: 'clip',
    metadata: new Map<string, string | number>([
      ['clip.projector_type', kind],
      ['clip.vision.image_size', imageSize],
      ['clip.vision.patch_size', patchSize],
      ['clip.vision.embedding_length', width],
      ['clip.vision.feed_forward_length', feedForward],
      ['clip.vision.attention.head_count', heads],
    ]),
  };
  const { computeBytes } = projectorBytes(header, flash === 'on');
  const off = (computeBytes ?? NaN) / MEBIBYTE / mebibytes - 1;
  // The engine's figure is rounded to a hundredth of a MiB.
  expect(off).toBeGreaterThan(-0.01 - 0.005 / mebibytes);
  expect(off).toBeLessThan(0.025);
});
