import type { PrecisionPlan } from '@plimsoll/application';
import { expect, test } from 'vitest';
import { recipeReport } from './recipe-report.js';

const plan: PrecisionPlan = {
  entries: [
    { tensor: 'token_embd.weight', type: 'Q5_K' },
    { tensor: 'blk.0.attn_v.weight', type: 'Q6_K' },
    { tensor: 'blk.1.attn_v.weight', type: 'Q6_K' },
    { tensor: 'blk.1.ffn_down.weight', type: 'IQ3_S' },
  ],
  ...{ fileBytes: 3_000_000, bitsPerWeight: 4.2, predictedLoss: 0.015, evaluations: 52 },
  speed: null,
  preset: { level: 'Q3_K_S', fileBytes: 3_000_100 },
  groups: [
    {
      name: 'token_embd',
      type: 'Q5_K',
      bytes: 1,
      predictedLoss: 0.001,
      sensitivity: 0.02,
      tensors: ['token_embd.weight'],
    },
    {
      ...{ name: 'attn_v 0-1', type: 'Q6_K', bytes: 1, predictedLoss: 0.001, sensitivity: 0.004 },
      tensors: ['blk.0.attn_v.weight', 'blk.1.attn_v.weight'],
    },
    {
      name: 'ffn_down 1',
      type: 'IQ3_S',
      bytes: 1,
      predictedLoss: 0.001,
      sensitivity: 0,
      tensors: ['blk.1.ffn_down.weight'],
    },
  ],
  sizes: {
    presets: [
      { label: 'Q3_K_S', bytes: 3_000_100, loss: 0.025 },
      { label: 'Q6_K', bytes: 5_000_000, loss: 0.001 },
    ],
    recipes: [{ bytes: 3_000_000, loss: 0.015 }],
  },
};

test('a recipe is a page of its own: types by layer, what each tensor is worth, other sizes', () => {
  const html = recipeReport({
    model: '/home/me/<b>tale.gguf',
    plan,
    verdict: { loss: 0.0152, presetLoss: 0.025, keeps: true, mostLoss: 0.025 },
  });
  expect(html).not.toContain('/home/me');
  expect(html).not.toContain('<b>');
  expect(html).toContain('strays 0.0152 nats per token; Q3_K_S, at 2.86 MiB, 0.025 (−39 %).');
  // The most bits are the darkest, the fewest as light as the page.
  expect(html).toContain('<td style="--strength:100%" title="blk.0.attn_v.weight">Q6_K</td>');
  expect(html).toContain('<td style="--strength:0%" title="blk.1.ffn_down.weight">IQ3_S</td>');
  // Two layers share what they lost together; what lost nothing is told so.
  expect(html).toContain('title="blk.1.attn_v.weight">2</td>');
  expect(html).toContain('title="blk.1.ffn_down.weight">0</td>');
  // Layer 0 has no ffn_down.
  expect(html).toMatch(/<th scope="row">0<\/th><td><\/td><td[^>]*>Q6_K<\/td><td><\/td>/);
  expect(html.match(/<polyline/g)?.length).toBe(3);
});

test.each([
  [{ loss: 0.03, presetLoss: 0.025, keeps: false, mostLoss: 0.025 }, /\(\+20 %\)\. The preset is better/],
  [{ loss: 0.03, presetLoss: null, keeps: true, mostLoss: null }, /no preset is as small/],
  [null, /Predicted to stray 0.015 nats per token; not judged/],
])('the verdict of %j is told', (verdict, sentence) => {
  expect(recipeReport({ model: 'tale', plan, verdict })).toMatch(sentence);
});
