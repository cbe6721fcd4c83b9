import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seatAll } from './seating.js';

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

test('finds a way to seat all exactly when there is one, and never overfills', () => {
  fc.assert(
    fc.property(cases, ([models, devices]) => {
      const seats = models.map((deviceBytes) => ({ deviceBytes, hostBytes: 0 }));
      const places = seatAll(seats, { devices, host: null, shared: false });
      expect(places !== null).toBe(someWay(models, devices));
      for (const [device, room] of devices.entries()) {
        const used = models.filter((_, index) => places?.[index] === device).reduce((a, b) => a + b, 0);
        expect(used).toBeLessThanOrEqual(room);
      }
    }),
  );
});

test('on shared memory devices and host count together', () => {
  const seats = [{ deviceBytes: 6, hostBytes: 1 }];
  expect(seatAll(seats, { devices: [8], host: 7, shared: true })).toEqual([0]);
  expect(seatAll(seats, { devices: [8], host: 6, shared: true })).toBeNull();
  expect(seatAll(seats, { devices: [8], host: 6, shared: false })).toEqual([0]);
});
