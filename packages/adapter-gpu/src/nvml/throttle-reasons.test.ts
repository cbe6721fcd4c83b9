import { expect, test } from 'vitest';
import { throttleReasons } from './throttle-reasons.js';

test.each([
  [0x00n, false, false],
  [0x04n, false, true],
  [0x20n, true, false],
  [0x40n, true, false],
  [0x08n, false, false],
  [0x80n, false, false],
  // As a hot card reports it: both slowdowns.
  [0x48n, true, false],
  [null, null, null],
])('NVML pitfall: of %s, heat is %s and a power cap %s', (bits, thermalThrottling, powerCapped) => {
  expect(throttleReasons(bits)).toEqual({ thermalThrottling, powerCapped });
});
