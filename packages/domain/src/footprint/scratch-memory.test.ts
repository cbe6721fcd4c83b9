import { expect, test } from 'vitest';
import { ScratchMemory } from './scratch-memory.js';

test('the smallest piece with room is taken, and all is aligned', () => {
  const memory = new ScratchMemory();
  const [large, , small] = [memory.take(320), memory.take(1), memory.take(160), memory.take(1)];
  memory.give(large);
  memory.give(small);
  expect(memory.take(100)).toEqual({ from: small.from, bytes: 128 });
  expect(memory.take(200)).toEqual({ from: 0, bytes: 224 });
  expect(memory.usedBytes).toBe(320 + 32 + 160 + 32);
});

test('neighbours become one piece; what is too small stays in what was used', () => {
  const memory = new ScratchMemory();
  const [first, second, third, fourth] = [memory.take(32), memory.take(32), memory.take(32), memory.take(32)];
  memory.give(first);
  memory.give(third);
  expect(memory.take(64).from).toBe(128);
  memory.give(second);
  expect(memory.take(96).from).toBe(0);
  memory.give(fourth);
  expect(memory.usedBytes).toBe(192);
});

test('nothing takes no room', () => {
  const memory = new ScratchMemory();
  memory.give(memory.take(0));
  expect(memory.usedBytes).toBe(0);
});

test('what took no room keeps pieces apart where it is given back late, as in the engine', () => {
  const memory = new ScratchMemory();
  const [first, second, third] = [memory.take(64), memory.take(64), memory.take(64)];
  memory.give(second);
  const nothing = memory.take(0);
  const inItsPlace = memory.take(32);
  memory.give(first);
  memory.give(inItsPlace);
  memory.give(nothing);
  memory.give(third);
  expect(memory.take(256).from).toBe(192);
});

test('memory of a device is aligned as the device needs it', () => {
  const memory = new ScratchMemory(128);
  memory.take(1);
  expect(memory.take(1).from).toBe(128);
});
