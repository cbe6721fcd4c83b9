import { expect, test } from 'vitest';
import type { ReadyCell } from './compare-dependencies.js';
import { scoringGroups } from './scoring-groups.js';

const cell = (variant: string, sizeBytes: number | null): ReadyCell =>
  ({ level: 'Q4_0', kvCache: 'f16', variant, ready: { sizeBytes } }) as unknown as ReadyCell;
const names = (groups: readonly (readonly ReadyCell[])[]): readonly (readonly string[])[] =>
  groups.map((group) => group.map(({ variant }) => variant));

const reference = cell('f16', 160);
const cells = [cell('q8', 85), cell('q4', 45), cell('q2', 30)];

test('all that half of the free memory holds beside the reference are scored together', () => {
  expect(names(scoringGroups(reference, cells, 640))).toEqual([['q8', 'q4', 'q2']]);
  expect(names(scoringGroups(reference, cells, 600))).toEqual([['q8', 'q4'], ['q2']]);
  expect(names(scoringGroups(reference, cells, 480))).toEqual([['q8'], ['q4', 'q2']]);
});

test('on a machine without room each is scored alone, none is left out', () => {
  expect(names(scoringGroups(reference, cells, 0))).toEqual([['q8'], ['q4'], ['q2']]);
});

test('a cell of unknown size is alone; beside a reference of unknown size every one is', () => {
  const unknown = [cell('a', null), cell('b', 1), cell('c', 1)];
  expect(names(scoringGroups(reference, unknown, 640))).toEqual([['a'], ['b', 'c']]);
  expect(names(scoringGroups(cell('f16', null), cells, 640))).toEqual([['q8'], ['q4'], ['q2']]);
});
