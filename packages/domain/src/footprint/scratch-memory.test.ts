import { expect, test } from 'vitest';
import { aligned, ScratchMemory } from './scratch-memory.js';

test('the smallest piece with room is taken', () => {
  const memory = new ScratchMemory();
  const [large, , small] = [memory.take(320), memory.take(32), memory.take(160), memory.take(32)];
  memory.give(large, 320);
  memory.give(small, 160);
  expect(memory.take(128)).toBe(small);
  expect(memory.take(32)).toBe(small + 128);
  expect(memory.take(224)).toBe(0);
  expect(memory.take(96)).toBe(224);
  expect(memory.usedBytes).toBe(320 + 32 + 160 + 32);
});

test('neighbours become one piece; what is too small stays in what was used', () => {
  const memory = new ScratchMemory();
  const [first, second, third, fourth] = [memory.take(32), memory.take(32), memory.take(32), memory.take(32)];
  memory.give(first, 32);
  memory.give(third, 32);
  expect(memory.take(64)).toBe(128);
  memory.give(second, 32);
  expect(memory.take(96)).toBe(0);
  memory.give(fourth, 32);
  expect(memory.usedBytes).toBe(192);
});

test('nothing takes no room', () => {
  const memory = new ScratchMemory();
  memory.give(memory.take(0), 0);
  expect(memory.usedBytes).toBe(0);
});

test('what took no room keeps pieces apart where it is given back late, as in the engine', () => {
  const memory = new ScratchMemory();
  const [first, second, third] = [memory.take(64), memory.take(64), memory.take(64)];
  memory.give(second, 64);
  const nothing = memory.take(0);
  const inItsPlace = memory.take(32);
  memory.give(first, 64);
  memory.give(inItsPlace, 32);
  memory.give(nothing, 0);
  memory.give(third, 64);
  expect(memory.take(256)).toBe(192);
});

test('sizes are aligned as the memory needs it', () => {
  expect(aligned(1, 128)).toBe(128);
  expect(aligned(256, 128)).toBe(256);
});
