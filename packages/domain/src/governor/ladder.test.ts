import { describe, expect, it } from 'vitest';
import { GIB, gpu, model, rung } from './__fixtures__/machine.js';
import { outcomeOf } from './decision-outcome.js';
import { ladderOf, sacrificeOf } from './ladder.js';
import { ledgerEntry } from './memory-ledger.js';
import { reservationsOf } from './governed-model.js';

describe('ladder', () => {
  it('keeps what nothing beats, best first', () => {
    const q8 = rung({ level: 'Q8_0', gib: 9, loss: 0.0014, speed: 50 });
    const q5 = rung({ level: 'Q5_0', gib: 7, loss: 0.022, speed: 60 });
    const q5k = rung({ level: 'Q5_K_M', gib: 6.9, loss: 0.011, speed: 65 });
    const q4 = rung({ level: 'Q4_K_M', gib: 6, loss: 0.031, speed: 72 });
    expect(ladderOf([q4, q5, q8, q5k])).toEqual([q8, q5k, q4]);
  });

  it('keeps one of two equals, and treats what is unknown as worst', () => {
    const known = rung({ level: 'Q4_K_M', gib: 6, loss: 0.031 });
    const unknown = { ...known, loss: null };
    expect(ladderOf([unknown, known, { ...known }])).toEqual([known]);
  });

  it('names the gravest thing that a step gives up', () => {
    const from = rung({ level: 'Q8_0', gib: 10, loss: 0.001, parallel: 4, context: 8192 });
    expect(sacrificeOf(from, rung({ level: 'Q8_0', gib: 9, loss: 0.001, parallel: 2 }))).toBe('parallel');
    expect(sacrificeOf(from, rung({ level: 'Q8_0', gib: 9, loss: 0.002, parallel: 4, cache: 'q8_0' }))).toBe('cache');
    expect(sacrificeOf(from, rung({ level: 'Q8_0', gib: 9, loss: 0.001, parallel: 2, context: 4096 }))).toBe('context');
    expect(sacrificeOf(from, rung({ level: 'Q8_0', gib: 5, loss: 0.001, speed: 9, parallel: 4, hostGib: 5 }))).toBe(
      'placement',
    );
    expect(sacrificeOf(from, rung({ level: 'Q4_K_M', gib: 6, loss: 0.03, parallel: 1 }))).toBe('level');
    expect(sacrificeOf(from, from)).toBeNull();
  });
});

describe('ledger', () => {
  it('tells what others hold: the reading less ours', () => {
    const entry = ledgerEntry(gpu(0, 14), reservationsOf([model('a'), model('b', { loaded: false })]), null);
    expect(entry).toMatchObject({ ownBytes: 10 * GIB, foreignBytes: 4 * GIB, freeBytes: 10 * GIB });
  });

  it('goes by the engine’s report once there is one', () => {
    const reported = { gpu: 11 * GIB };
    expect(ledgerEntry(gpu(0, 14), reservationsOf([model('a', { reported })]), null).foreignBytes).toBe(3 * GIB);
  });

  it('knows nothing of a memory that was not read', () => {
    expect(ledgerEntry(gpu(0, null), [], 5)).toMatchObject({ foreignBytes: null, freeBytes: null });
  });

  it('holds our models to the limit', () => {
    expect(ledgerEntry(gpu(0, 10), reservationsOf([model('a')]), 8 * GIB).freeBytes).toBe(-2 * GIB);
  });

  it('tells how a decision turned out, with what others did meanwhile counted out', () => {
    const prediction = { domain: 'gpu', freeBytesBefore: 1 * GIB, freeBytesAfter: 5 * GIB };
    const action = { kind: 'unload' as const, model: 'a' };
    const inputs = { memory: [], heat: [], hostStallShare: null };
    const decision = {
      atMs: 0,
      rule: 'hard-pressure' as const,
      direction: 'down' as const,
      action,
      inputs,
      prediction,
    };
    const after = ledgerEntry(gpu(0, 21), [], null);
    expect(outcomeOf(decision, after, 19 * GIB)).toMatchObject({ observedFreeBytes: 3 * GIB, errorBytes: 0 });
  });
});
