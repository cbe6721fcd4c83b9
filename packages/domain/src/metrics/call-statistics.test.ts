import { describe, expect, test } from 'vitest';
import type { GenerationTimings } from '../measurement/measurement.js';
import { CallStatistics } from './call-statistics.js';
import { decodeTokensPerSecond, prefillTokensPerSecond } from './variant-accumulator.js';
import type { VariantStatistics } from './variant-statistics.js';

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

const environment = { backend: 'ollama', engineBuild: null, device: null, driver: null, platform: 'linux-x64' };

const call = (
  variant: string,
  ms: GenerationTimings | null,
  more: Partial<Parameters<CallStatistics['record']>[0]> = {},
): Parameters<CallStatistics['record']>[0] => ({
  model: 'm',
  variant,
  digest: null,
  environment,
  succeeded: true,
  timings: ms,
  ...more,
});

function statisticsOf(...calls: readonly ReturnType<typeof call>[]): readonly VariantStatistics[] {
  const statistics = new CallStatistics();
  for (const one of calls) statistics.record(one);
  return statistics.statistics();
}

describe('performance per content', () => {
  test('counts calls, and times the successful ones', () => {
    const told = timings(3000, { generatedTokens: 50, decodeMs: 2000, firstTokenMs: 400 });
    const failed = call('m-q8_0', timings(9000), { succeeded: false });
    expect(statisticsOf(call('m-q8_0', timings(1000)), call('m-q8_0', told), failed)).toEqual([
      {
        model: 'm',
        variant: 'm-q8_0',
        digest: null,
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
      },
    ]);
  });

  test('one file under two names is one, and goes by its newest name', () => {
    const digest = 'sha256:a';
    expect(
      statisticsOf(call('new/m.gguf', timings(1), { digest }), call('m.gguf', timings(3), { digest })),
    ).toMatchObject([{ variant: 'new/m.gguf', digest, total: 2, meanMs: 2 }]);
  });

  test('two files under one name are two, and what has no digest is none of them', () => {
    const [a, b] = ['sha256:a', 'sha256:b'];
    const calls = [a, b, null].map((digest) => call('m.gguf', null, { digest }));
    expect(statisticsOf(...calls).map(({ digest, total }) => [digest, total])).toEqual([
      [a, 1],
      [b, 1],
      [null, 1],
    ]);
  });

  test('names without a digest are those of their backend', () => {
    const other = call('m', null, { environment: { ...environment, backend: 'openai' } });
    expect(statisticsOf(call('m', null), other, call('m', null, { model: 'n' }))).toHaveLength(3);
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
