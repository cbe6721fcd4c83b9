import { KV_CACHE_TYPES } from '@plimsoll/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  FLASH_ATTENTION_MODES,
  GOALS,
  KEY_CACHE_CHOICES,
  MOST_CARDS,
  stateFromHash,
  stateToHash,
} from './plan-state.js';
import type { PlanState } from './plan-state.js';

const start: PlanState = {
  device: null,
  memoryBytes: null,
  cards: 1,
  ramBytes: null,
  ramBandwidth: null,
  contextTokens: 8192,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  parallel: 1,
  expertLayersOnHost: null,
  flashAttention: 'auto',
  prefer: 'quality',
};
const DEVICES = ['GeForce RTX 4060/8', 'M2 Pro/32'];

test('the start leaves the address alone', () => {
  expect(stateToHash(start, start)).toBe('');
  expect(stateFromHash('', start, DEVICES)).toEqual(start);
});

test('a link carries what was changed, and nothing else', () => {
  expect(stateToHash({ ...start, memoryBytes: 1024, keyCacheType: 'q8_0' }, start)).toBe('memory=1024&keys=q8_0');
});

test('whatever is set comes back from the link', () => {
  const states = fc.record<PlanState>({
    device: fc.constantFrom(null, ...DEVICES),
    memoryBytes: fc.option(fc.nat(2 ** 31 - 1)),
    cards: fc.integer({ min: 1, max: MOST_CARDS }),
    ramBytes: fc.option(fc.nat(2 ** 31 - 1)),
    ramBandwidth: fc.option(fc.integer({ min: 1, max: 1e12 })),
    contextTokens: fc.integer({ min: 1, max: 2 ** 30 }),
    keyCacheType: fc.constantFrom(...KEY_CACHE_CHOICES),
    valueCacheType: fc.constantFrom(...KV_CACHE_TYPES),
    parallel: fc.integer({ min: 1, max: 256 }),
    expertLayersOnHost: fc.option(fc.nat(4096)),
    flashAttention: fc.constantFrom(...FLASH_ATTENTION_MODES),
    prefer: fc.constantFrom(...GOALS),
  });
  fc.assert(
    fc.property(states, (state) => {
      expect(stateFromHash(`#${stateToHash(state, start)}`, start, DEVICES)).toEqual(state);
    }),
  );
});

test.each([
  '#memory=-1&context=0&keys=q9&parallel=1000&flash=maybe&prefer=fame&device=toaster&cards=0&ram=much',
  '#context=1e9&memory=0x10&parallel=2.5',
  '#%E0%A4%A&context=99999999999999999999',
])('a link that no page wrote changes nothing: %s', (hash) => {
  expect(stateFromHash(hash, start, DEVICES)).toEqual(start);
});
