import type { CandidateDocument } from '@plimsoll/contract';
import { expect, test } from 'vitest';
import { PLAIN } from '../../output/style.js';
import { nextStep } from './plan.next-step.js';

const point = {
  level: 'Q8_0',
  context: 8192,
  kvCache: 'q8_0',
  gpuLayers: 20,
  fit: 'partial',
  expertLayersOnHost: 0,
  variant: { status: 'buildable' },
  footprint: { device: {}, host: {} },
} as CandidateDocument;
const subject = { model: '/models/a-model-with-a-long-name-f16.gguf', downloads: false, elsewhere: true, options: [] };

test('commands wider than the terminal stand on lines of their own, which a shell puts together again', () => {
  const text = nextStep(point, subject, PLAIN, 66);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(66);
  expect(text.replaceAll(/ \\\n */g, ' ')).toBe(
    [
      'Next, on that machine:',
      '  plimsoll quantize /models/a-model-with-a-long-name-f16.gguf --to Q8_0',
      '  plimsoll run /models/a-model-with-a-long-name-f16.gguf --level Q8_0 --context 8192 --kv q8_0 --gpu-layers 20',
    ].join('\n'),
  );
});

test('where there is room, or no terminal, they stand in one', () => {
  for (const width of [300, null]) expect(nextStep(point, subject, PLAIN, width).split('\n')).toHaveLength(1);
});
