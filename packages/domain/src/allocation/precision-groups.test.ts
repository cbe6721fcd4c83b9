import { describe, expect, test } from 'vitest';
import type { ModelHeader } from '../model/model-header.js';
import { precisionGroups, precisionOptions, sharedLosses } from './precision-groups.js';

const matrix = (name: string, row = 256) => ({
  name,
  type: 'F16' as const,
  shape: [row, 64],
  bytes: row * 128,
  offset: 0,
});
const header = {
  tensors: [
    matrix('token_embd.weight'),
    { ...matrix('blk.0.attn_norm.weight'), shape: [256] },
    ...Array.from({ length: 32 }, (_, i) => [
      matrix(`blk.${i}.attn_q.weight`),
      matrix(`blk.${i}.ffn_down.weight`, 96),
    ]).flat(),
    matrix('blk.0.odd.weight', 17),
  ],
} as unknown as ModelHeader;

describe('precision groups', () => {
  test('are single tensors where there may be many groups, and blocks of layers where few', () => {
    expect(precisionGroups(header, 100).length).toBe(65);
    const few = precisionGroups(header, 20);
    expect(few.map(({ name }) => name)).toContain('attn_q.weight 4-7');
    expect(few.length).toBe(17);
    expect(few.reduce((sum, { tensors }) => sum + tensors.length, 0)).toBe(65);
    // As few as there are kinds.
    expect(precisionGroups(header, 1).length).toBe(3);
  });

  test('have no option of a type that their rows do not divide into', () => {
    const options = precisionOptions(precisionGroups(header, 20), ['Q4_K', 'Q8_0'], () => 1);
    const typesOf = (kind: string) =>
      options.find(({ name }) => name.startsWith(kind))?.options.map(({ type }) => type);
    expect(typesOf('attn_q')).toEqual(['Q4_K', 'Q8_0']);
    expect(typesOf('ffn_down')).toEqual(['Q8_0']);
  });

  test('share what the whole model loses in the proportion of what each lost alone', () => {
    const groups = precisionGroups(header, 1);
    const alone = new Map(groups.map(({ name }, i) => [name, i + 1]));
    const loss = sharedLosses(groups, alone, new Map([['Q4_K', 0.6]]));
    expect(groups.map((group) => loss(group, 'Q4_K'))).toEqual(
      [0.6 / 6, 1.2 / 6, 1.8 / 6].map((x) => expect.closeTo(x, 12) as number),
    );
    expect(loss(groups[0]!, 'Q8_0')).toBeNull();
  });
});
