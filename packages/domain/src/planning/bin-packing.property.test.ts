import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packAll } from './bin-packing.js';

const bytes = fc.integer({ min: 1, max: 20 });
const cases = fc.tuple(
  fc.array(bytes, { minLength: 1, maxLength: 5 }),
  fc.array(bytes, { minLength: 1, maxLength: 3 }),
);

/** Every way to put the models on the devices. */
function someWay(models: readonly number[], devices: readonly number[]): boolean {
  const ways = devices.length ** models.length;
  for (let way = 0; way < ways; way += 1) {
    const used = devices.map(() => 0);
    let rest = way;
    for (const size of models) {
      used[rest % devices.length]! += size;
      rest = Math.floor(rest / devices.length);
    }
    if (used.every((sum, device) => sum <= devices[device]!)) return true;
  }
  return false;
}

test('packs all items exactly when there is one, and never overfills', () => {
  fc.assert(
    fc.property(cases, ([models, devices]) => {
      const items = models.map((deviceBytes) => ({ deviceBytes, hostBytes: 0 }));
      const places = packAll(items, { devices, host: null, shared: false });
      expect(places !== null).toBe(someWay(models, devices));
      for (const [device, room] of devices.entries()) {
        const used = models.filter((_, index) => places?.[index] === device).reduce((a, b) => a + b, 0);
        expect(used).toBeLessThanOrEqual(room);
      }
    }),
  );
});

test('on shared memory devices and host count together', () => {
  const items = [{ deviceBytes: 6, hostBytes: 1 }];
  expect(packAll(items, { devices: [8], host: 7, shared: true })).toEqual([0]);
  expect(packAll(items, { devices: [8], host: 6, shared: true })).toBeNull();
  expect(packAll(items, { devices: [8], host: 6, shared: false })).toEqual([0]);
});
