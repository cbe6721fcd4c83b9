import { describe, expect, test } from 'vitest';
import type { ModelHeader } from '../model/model-header.js';
import { inputFamily, precisionGroups, precisionOptions } from './precision-groups.js';

const matrix = (name: string, row = 256) => ({
  name,
  type: 'F16' as const,
  typeId: 1,
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

  test.each([
    ['blk.0.attn_q.weight', 'attention'],
    ['blk.3.attn_k.weight', 'attention'],
    ['blk.3.ffn_up_exps.weight', 'feed-forward'],
    ['blk.3.ffn_gate_shexp.weight', 'feed-forward'],
    ['blk.3.ffn_down_exps.weight', 'feed-forward, down'],
    ['output.weight', 'output.weight'],
  ])('%s reads the inputs of %s', (name, family) => {
    expect(inputFamily({ name, tensors: [matrix(name)] })).toBe(family);
  });
});
