import { describe, expect, it } from 'vitest';
import { suggest } from './suggest.js';
import { tensorOverride } from './tensor-override.js';
import {
  decimalNumber,
  levelName,
  listOf,
  memorySize,
  oneOf,
  tokenCount,
  wholeNumber,
  byteRate,
  cacheTypes,
} from './values.js';

describe('flag values', () => {
  it('reads memory as cards are sold: 8GB is 8 GiB', () => {
    expect(memorySize('--vram')('8GB')).toBe(8 * 1024 ** 3);
    expect(memorySize('--vram')('6144MB')).toBe(6144 * 1024 ** 2);
    expect(memorySize('--vram')('0')).toBe(0);
    expect(memorySize('--vram')('8')).toBe(8 * 1024 ** 3);
    expect(memorySize('--vram')('7.5')).toBe(7.5 * 1024 ** 3);
    expect(memorySize('--vram')('6442450944')).toBe(6 * 1024 ** 3);
    expect(() => memorySize('--vram')('lots')).toThrow('--vram is "lots", which is not an amount of memory.');
  });

  it('names the bounds of a number', () => {
    expect(wholeNumber('--parallel', 1, 256)('4')).toBe(4);
    for (const text of ['0', '257', '1.5', 'x', '', '1e2']) {
      expect(() => wholeNumber('--parallel', 1, 256)(text)).toThrow('must be a whole number from 1 to 256');
    }
    expect(decimalNumber('--temperature', 0, 5)('0.7')).toBe(0.7);
    expect(() => decimalNumber('--temperature', 0, 5)('-1')).toThrow('--temperature is "-1"');
    expect(() => decimalNumber('--temperature', 0, 5)('')).toThrow('must be a number');
  });

  it('names the words that are allowed, and the one that was meant', () => {
    const read = oneOf('--kv', ['f16', 'q8_0', 'q4_0']);
    expect(read('Q8_0')).toBe('q8_0');
    expect(catchError(() => read('q80'))).toMatchObject({
      code: 'invalid-input',
      message: '--kv is "q80", but must be one of f16, q8_0, q4_0.',
      hint: 'Did you mean --kv q8_0?',
    });
  });

  it('reads levels in any case and suggests misspelt ones', () => {
    expect(levelName('--to')('q4_k_m')).toBe('Q4_K_M');
    expect(levelName('--to')('fp16')).toBe('F16');
    expect(catchError(() => levelName('--to')('Q4KM'))).toMatchObject({
      hint: expect.stringContaining('Did you mean Q4_K_M?') as string,
    });
  });

  it('collects repeated flags and lists with commas, each value once', () => {
    const read = listOf(levelName('--level'));
    expect(read('F16', read('Q8_0,Q4_0, f16', undefined))).toEqual(['Q8_0', 'Q4_0', 'F16']);
  });

  it('reads tensor overrides', () => {
    expect(tensorOverride('blk\\..*=q6_k')).toEqual({ pattern: 'blk\\..*', type: 'Q6_K' });
    expect(() => tensorOverride('Q6_K')).toThrow('must be PATTERN=TYPE');
    expect(() => tensorOverride('(=Q6_K')).toThrow('no regular expression');
    expect(() => tensorOverride('a=Q6')).toThrow('no tensor type');
  });
});

describe('suggest', () => {
  it('finds swaps and slips, and stays silent otherwise', () => {
    expect(suggest('mdoels', ['models', 'plan'])).toBe('models');
    expect(suggest('q5km', ['Q5_K_M', 'Q4_K_M'])).toBe('Q5_K_M');
    expect(suggest('banana', ['models', 'plan'])).toBeNull();
  });
});

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('It did not throw.');
}

describe('tokenCount', () => {
  it.each([
    ['8192', 8192],
    ['8k', 8192],
    ['16K', 16_384],
    ['1m', 1_048_576],
  ])('reads %s as %d tokens', (text, tokens) => {
    expect(tokenCount('--context', 1, 2 ** 24)(text)).toBe(tokens);
  });

  it.each(['', 'k', '8kk', '-8k', '0', '17m', '8.5k'])('refuses %j', (text) => {
    expect(() => tokenCount('--context', 1, 2 ** 24)(text)).toThrow('must be a number of tokens from 1 to 16777216');
  });
});

describe('the machine to plan for', () => {
  it('has a bandwidth in units of memories', () => {
    expect([byteRate('--r')('90GB/s'), byteRate('--r')('51.2 gb'), byteRate('--r')('100')]).toEqual([
      90e9, 51.2e9, 100e9,
    ]);
    expect(() => byteRate('--r')('fast')).toThrow(/1 to 10,000 GB per second/);
    expect(() => byteRate('--r')('0')).toThrow(/1 to 10,000/);
  });

  it('has caches whose keys and values may differ', () => {
    expect(cacheTypes('--kv')('q8_0')).toEqual({ keyCacheType: 'q8_0', valueCacheType: 'q8_0' });
    expect(cacheTypes('--kv')('q8_0/q4_0')).toEqual({ keyCacheType: 'q8_0', valueCacheType: 'q4_0' });
    expect(() => cacheTypes('--kv')('q8_0/q4_0/f16')).toThrow(/takes one type/);
    expect(() => cacheTypes('--kv')('q9')).toThrow(/must be one of/);
  });
});
