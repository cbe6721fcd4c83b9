import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import { formatBytes, parseByteSize } from './byte-size.js';

describe('amounts of memory', () => {
  test.each([
    ['8GB', 8 * 1024 ** 3],
    ['8 GiB', 8 * 1024 ** 3],
    ['8g', 8 * 1024 ** 3],
    ['512M', 512 * 1024 ** 2],
    ['1.5 GB', 1.5 * 1024 ** 3],
    ['.5G', 512 * 1024 ** 2],
    ['6144 mb', 6144 * 1024 ** 2],
    ['640k', 640 * 1024],
    ['0', 0],
    ['0GB', 0],
    ['1024', 1024],
    ['100 bytes', 100],
    ['2TB', 2 * 1024 ** 4],
  ])('%s is %s bytes', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  test.each(['', 'much', '8 XB', '-1GB', '8GB 2', '1e3', '99999999PB', 'GB', '8,5GB', '١GB', 'NaN', 'Infinity'])(
    '%j is refused',
    (text) => {
      let failure: unknown = null;
      try {
        parseByteSize(text);
      } catch (error) {
        failure = error;
      }
      expect(isPlimsollError(failure) && [failure.code, failure.hint]).toEqual([
        'invalid-input',
        'Write for example 8GB, 512MB, 1.5GiB or 0.',
      ]);
    },
  );
});

describe('bytes for people', () => {
  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [4_912_898_304, '4.58 GiB'],
    [295_500_000, '281.8 MiB'],
    [1024 ** 3 - 1, '1.00 GiB'],
    [-2 * 1024 ** 3, '-2.00 GiB'],
    [null, 'unknown'],
  ])('%s is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  test('reads back within half a percent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        expect(Math.abs(parseByteSize(formatBytes(bytes)) - bytes)).toBeLessThanOrEqual(0.0051 * bytes);
      }),
    );
  });
});
