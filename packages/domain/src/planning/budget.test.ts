import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DeviceFound } from './budget.js';
import { memoryBudget } from './budget.js';

const GIB = 1024 ** 3;
const host = { totalBytes: 32 * GIB, freeBytes: 24 * GIB };
const card = (gib: number, freeGib: number | null = null): DeviceFound => ({
  name: `card of ${gib}`,
  memory: 'dedicated',
  totalBytes: gib * GIB,
  freeBytes: freeGib === null ? null : freeGib * GIB,
});

describe('the budget', () => {
  test('is the total less the margin when nothing else is known', () => {
    const { devices, usableBytes } = memoryBudget({
      devices: [card(8)],
      host,
      marginFraction: 0.125,
      limitBytes: null,
    });
    expect(usableBytes).toBe(7 * GIB);
    expect(devices[0]?.marginBytes).toBe(1 * GIB);
  });

  test('is what is free less the margin on a card that others use', () => {
    const budget = memoryBudget({ devices: [card(8, 5)], host, marginFraction: 0.125, limitBytes: null });
    expect(budget.usableBytes).toBe(4 * GIB);
  });

  test('is capped by the founding gpu_memory_limit_mb', () => {
    const budget = memoryBudget({ devices: [card(8)], host, marginFraction: 0.125, limitBytes: 6144 * 1024 ** 2 });
    expect(budget.usableBytes).toBe(6 * GIB);
    const shared = memoryBudget({ devices: [card(8), card(8)], host, marginFraction: 0, limitBytes: 6 * GIB });
    expect(shared.devices.map(({ usableBytes }) => usableBytes)).toEqual([3 * GIB, 3 * GIB]);
  });

  test('of a machine without a device is that of the host', () => {
    const budget = memoryBudget({ devices: [], host, marginFraction: 0.125, limitBytes: null });
    expect(budget.usableBytes).toBe(20 * GIB);
  });

  test('of unified memory is what the system lets the GPU hold', () => {
    const chip: DeviceFound = { name: 'M2', memory: 'unified', totalBytes: 24 * GIB, freeBytes: null };
    const budget = memoryBudget({ devices: [chip], host, marginFraction: 0, limitBytes: null });
    expect(budget).toMatchObject({ usableBytes: 16 * GIB, unified: true });
  });

  test('counts a device of which nothing is known as nothing', () => {
    const mystery: DeviceFound = { name: '?', memory: 'dedicated', totalBytes: null, freeBytes: null };
    const budget = memoryBudget({ devices: [mystery], host, marginFraction: 0.1, limitBytes: null });
    expect(budget.usableBytes).toBe(0);
  });

  test('is never negative, never above what is free, and never above the limit', () => {
    const bytes = fc.option(fc.integer({ min: 0, max: 2 ** 40 }));
    const device = fc.record({
      name: fc.string(),
      memory: fc.constantFrom('dedicated', 'unified'),
      totalBytes: bytes,
      freeBytes: bytes,
    });
    fc.assert(
      fc.property(
        fc.array(device, { maxLength: 4 }),
        fc.double({ min: -1, max: 2, noNaN: true }),
        bytes,
        (devices, marginFraction, limitBytes) => {
          const budget = memoryBudget({ devices, host, marginFraction, limitBytes });
          for (const { usableBytes, freeBytes } of budget.devices) {
            expect(usableBytes).toBeGreaterThanOrEqual(0);
            expect(usableBytes).toBeLessThanOrEqual(freeBytes ?? Infinity);
          }
          if (devices.length > 0) expect(budget.usableBytes).toBeLessThanOrEqual(limitBytes ?? Infinity);
        },
      ),
    );
  });
});
