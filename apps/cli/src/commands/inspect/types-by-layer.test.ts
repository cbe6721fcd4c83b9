import type { ModelHeader } from '@plimsoll/domain';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../output/style.js';
import { renderTypesByLayer } from './types-by-layer.js';

const KINDS = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down', 'ffn_gate_inp'];
const header = (typeOf: (kind: string, layer: number) => string): ModelHeader =>
  ({
    tensors: [
      { name: 'token_embd.weight', type: 'Q6_K', shape: [256, 4096] },
      ...[0, 1, 2, 3].flatMap((layer) => [
        { name: `blk.${layer}.attn_norm.weight`, type: 'F32', shape: [256] },
        ...KINDS.map((kind) => ({
          name: `blk.${layer}.${kind}.weight`,
          type: typeOf(kind, layer),
          shape: [256, 256],
        })),
      ]),
    ],
  }) as unknown as ModelHeader;
const mixed = header((kind, layer) => (kind === 'attn_v' && layer === 3 ? 'Q6_K' : 'IQ3_XXS'));

describe('types by layer', () => {
  it('stand in one line for layers that have the same', () => {
    const shown = renderTypesByLayer(mixed, PLAIN, 120) ?? '';
    expect(shown).toMatch(/LAYERS +attn_q +attn_k +attn_v/);
    expect(shown).toMatch(/ 0-2 +IQ3_XXS +IQ3_XXS +IQ3_XXS/);
    expect(shown).toMatch(/ 3 +IQ3_XXS +IQ3_XXS +Q6_K/);
    expect(shown.split('\n').length).toBe(3);
  });

  it.each([80, 40, null])('fit into %s columns', (width) => {
    const lines = (renderTypesByLayer(mixed, PLAIN, width) ?? '').split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width ?? 80);
    for (const kind of KINDS) expect(lines.some((line) => line.includes(kind))).toBe(true);
  });

  it('are left out where every kind has one type', () => {
    expect(
      renderTypesByLayer(
        header((kind) => (kind === 'attn_v' ? 'Q6_K' : 'Q4_K')),
        PLAIN,
        80,
      ),
    ).toBeNull();
  });
});
