import { describe, expect, test } from 'vitest';
import type { GenerationTimings } from '../measurement/measurement.js';
import { PerformanceTracker } from './performance-tracker.js';
import { decodeTokensPerSecond, prefillTokensPerSecond } from './variant-accumulator.js';

const timings = (totalMs: number, more: Partial<GenerationTimings> = {}): GenerationTimings => ({
  promptTokens: null,
  cachedPromptTokens: null,
  generatedTokens: null,
  loadMs: null,
  prefillMs: null,
  decodeMs: null,
  firstTokenMs: null,
  totalMs,
  ...more,
});

describe('performance per model and variant', () => {
  test('counts calls, and times the successful ones', () => {
    const tracker = new PerformanceTracker();
    tracker.record('llama3.1:8b', 'llama3.1:8b-q8_0', { succeeded: true, timings: timings(1000) });
    tracker.record('llama3.1:8b', 'llama3.1:8b-q8_0', {
      succeeded: true,
      timings: timings(3000, { generatedTokens: 50, decodeMs: 2000, firstTokenMs: 400 }),
    });
    tracker.record('llama3.1:8b', 'llama3.1:8b-q8_0', { succeeded: false, timings: timings(9000) });
    expect(tracker.statisticsOf('llama3.1:8b', 'llama3.1:8b-q8_0')).toEqual({
      model: 'llama3.1:8b',
      variant: 'llama3.1:8b-q8_0',
      total: 3,
      succeeded: 2,
      failed: 1,
      successRate: 2 / 3,
      meanMs: 2000,
      minMs: 1000,
      maxMs: 3000,
      p50Ms: 2000,
      p95Ms: 2900,
      p99Ms: 2980,
      meanDecodeTokensPerSecond: 25,
      meanFirstTokenMs: 400,
    });
  });

  test('keeps variants and models apart', () => {
    const tracker = new PerformanceTracker();
    tracker.record('a', 'a-q8_0', { succeeded: true, timings: timings(1) });
    tracker.record('a', 'a-q4_0', { succeeded: false, timings: null });
    tracker.record('b', 'b', { succeeded: true, timings: null });
    expect(tracker.statistics('a').map(({ variant, successRate }) => [variant, successRate])).toEqual([
      ['a-q8_0', 1],
      ['a-q4_0', 0],
    ]);
    expect(tracker.statistics()).toHaveLength(3);
    expect(tracker.statisticsOf('b', 'b')?.meanMs).toBeNull();
    tracker.reset();
    expect(tracker.statistics()).toEqual([]);
  });

  test('holds a bounded number of variants, the most recently used', () => {
    const tracker = new PerformanceTracker(2);
    for (const variant of ['one', 'two', 'one', 'three'])
      tracker.record('m', variant, { succeeded: true, timings: null });
    expect(tracker.statistics().map(({ variant }) => variant)).toEqual(['one', 'three']);
    expect(tracker.statisticsOf('m', 'one')?.total).toBe(2);
  });
});

describe('speeds of one call', () => {
  test('prompt tokens from a cache were not processed', () => {
    expect(prefillTokensPerSecond(timings(1, { promptTokens: 500, cachedPromptTokens: 400, prefillMs: 50 }))).toBe(
      2000,
    );
    expect(prefillTokensPerSecond(timings(1, { promptTokens: 500, cachedPromptTokens: 500, prefillMs: 1 }))).toBeNull();
  });

  test('what the backend did not tell stays unknown', () => {
    expect(decodeTokensPerSecond(timings(1, { generatedTokens: 5 }))).toBeNull();
    expect(decodeTokensPerSecond(timings(1, { generatedTokens: 5, decodeMs: 0 }))).toBeNull();
  });
});
