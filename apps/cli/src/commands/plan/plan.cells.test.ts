import type { CandidateDocument } from '@plimsoll/contract';
import { expect, test } from 'vitest';
import { divergenceNotes, lossCell } from './plan.cells.js';

const quality = (perplexityIncrease: number | null, meanKld: number | null) =>
  ({
    perplexityIncrease,
    meanKld,
    sameTopToken: null,
    source: 'measured',
    note: 'Measured when the recipe was made.',
  }) as const;

test.each([
  [0.028, 0.03, '+2.8 %'],
  [0, 0, 'none'],
  [null, 0.005841, 'KLD 0.0058'],
  [null, null, '–'],
])('a loss of %d in perplexity and %d in divergence is shown as %s', (increase, meanKld, cell) => {
  expect(lossCell(quality(increase, meanKld))).toBe(cell);
});

test('where a divergence comes from is said once', () => {
  const candidate = {
    level: 'mixed-4.98bpw',
    expected: { quality: quality(null, 0.0058) },
  } as unknown as CandidateDocument;
  const preset = { level: 'Q4_K_M', expected: { quality: quality(0.028, 0.03) } } as unknown as CandidateDocument;
  expect(divergenceNotes([candidate, preset, candidate])).toEqual([
    'KLD of mixed-4.98bpw: mean KL divergence in nats per token. Measured when the recipe was made.',
  ]);
});
