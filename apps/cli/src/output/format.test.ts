import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from './format.js';

describe('amounts for people', () => {
  it('shows what is not known as a dash, never as zero', () => {
    expect([
      formatBytes(null),
      formatDuration(null),
      formatNumber(null),
      formatCount(null),
      formatPercent(null),
    ]).toEqual(['–', '–', '–', '–', '–']);
  });

  it.each([
    [0.42, '0.4 ms'],
    [850, '850 ms'],
    [999.6, '1.0 s'],
    [1234, '1.2 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [3_780_000, '1 h 3 min'],
  ])('shows %d milliseconds as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it.each([
    [0, '0'],
    [0.004_213, '0.00421'],
    [3.14159, '3.14'],
    [99.96, '100'],
    [1929.6, '1,930'],
  ])('shows the number %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('shows bytes in IEC units and shares in percent', () => {
    expect(formatBytes(8 * 1024 ** 3)).toBe('8.00 GiB');
    expect(formatPercent(0.9731)).toBe('97.3 %');
    expect(formatCount(131_072)).toBe('131,072');
  });
});
