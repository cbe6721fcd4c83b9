import { describe, expect, it } from 'vitest';
import { GIB, rung } from './__fixtures__/machine.js';
import { correctedLadder } from './corrected-ladder.js';
import type { BytesByDomain } from './memory-ledger.js';

const LADDER = [
  rung({ level: 'Q8_0', gib: 10, loss: 0.001 }),
  rung({ level: 'Q4_K_M', gib: 6, loss: 0.03 }),
  rung({ level: 'Q2_K', gib: 4, loss: 0.4 }),
];
const onDevice = (observed: Readonly<Record<number, BytesByDomain>>): readonly (number | undefined)[] =>
  correctedLadder(LADDER, new Map(Object.entries(observed).map(([index, bytes]) => [Number(index), bytes]))).map(
    ({ bytes }) => (bytes['gpu'] ?? 0) / GIB,
  );

describe('correctedLadder', () => {
  it('takes a rung for what its load took, and expects the same difference of the others', () => {
    expect(onDevice({ 0: { gpu: 11 * GIB } })).toEqual([11, 7, 5]);
  });

  it('takes each rung that was loaded for its own, and the median difference for the rest', () => {
    expect(onDevice({ 0: { gpu: 12 * GIB }, 1: { gpu: 7 * GIB } })).toEqual([12, 7, 5.5]);
  });

  it('believes only so much: half as much again, or a tenth less', () => {
    expect(onDevice({ 0: { gpu: 30 * GIB } })).toEqual([15, 9, 6]);
    expect(onDevice({ 1: { gpu: GIB } }).map((gib) => Number(gib?.toFixed(2)))).toEqual([9.4, 5.4, 3.6]);
  });

  it('says nothing of a memory in which nothing was predicted or observed', () => {
    expect(onDevice({})).toEqual([10, 6, 4]);
    expect(correctedLadder(LADDER, new Map([[0, { host: GIB }]]))).toEqual(LADDER);
  });
});
