import { expect, test } from 'vitest';
import type { PrecisionGroup } from './precision-groups.js';
import { kindLosses, spreadLosses } from './sensitivity-prior.js';

const group = (kind: string, ...layers: number[]): PrecisionGroup => ({
  name: `${kind} ${layers.join('-')}`,
  tensors: layers.map((layer) => ({ name: `blk.${layer}.${kind}` }) as never),
});
const measured = (loss: number) => ({ type: 'Q3_K' as const, loss });

test('what groups lost is kept by kind, from the first layer to the last', () => {
  const groups = [group('v', 2, 3), group('v', 0, 1), group('down', 0)];
  const alone = new Map([
    ['v 2-3', measured(0.2)],
    ['v 0-1', measured(0.6)],
    ['down 0', measured(0.5)],
  ]);
  expect(kindLosses(groups, alone)).toEqual({ v: [0.3, 0.3, 0.1, 0.1], down: [0.5] });
});

test('large groups are split as tensors of that depth lost in the earlier model', () => {
  const few = [group('v', 0, 1, 2, 3)];
  const many = [group('v', 0), group('v', 1), group('v', 2, 3)];
  const spread = spreadLosses(few, new Map([['v 0-1-2-3', measured(2)]]), many, { kinds: { v: [3, 1] } });
  // Layers 0 and 1 are nearer to the first of two, 2 and 3 to the last.
  expect([...(spread ?? [])].map(([, { loss }]) => loss)).toEqual([0.75, 0.75, 0.5]);
  expect(spreadLosses(few, new Map(), many, { kinds: { down: [1] } })).toBeNull();
});

test('a kind that lost nothing is split evenly', () => {
  const spread = spreadLosses([group('v', 0, 1)], new Map([['v 0-1', measured(2)]]), [group('v', 1)], {
    kinds: { v: [0, 0] },
  });
  expect(spread?.get('v 1')?.loss).toBe(1);
});
