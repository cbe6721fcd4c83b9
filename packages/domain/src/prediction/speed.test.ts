import { describe, expect, test } from 'vitest';
import { findDevice } from '../devices/find-device.js';
import type { MemoryUse } from '../footprint/footprint.js';
import { bandwidthEfficiency } from './efficiency.js';
import { formatPrediction } from './prediction.js';
import type { ProcessorSpeed, SpeedQuestion } from './speed.js';
import { DENSE, priorDecodeSpeed, priorPrefillSpeed } from './speed.js';

const use = (weightsBytes: number, kvCacheBytes = 0): MemoryUse => ({
  weightsBytes,
  kvCacheBytes,
  recurrentStateBytes: 0,
  computeBytes: 0,
  totalBytes: weightsBytes + kvCacheBytes,
});

const gpu = (name: string): ProcessorSpeed => findDevice(name).profile;
const host: ProcessorSpeed = { bandwidthBytesPerSecond: 60e9, fp16Tflops: null };

/** Llama-3.1-8B at Q4_K_M: 4.913 GB of tensors, 0.2955 of them the input embedding; 1 GiB of cache at 8192 tokens. */
function question(more: Partial<SpeedQuestion> = {}): SpeedQuestion {
  return {
    level: 'Q4_K_M',
    footprint: { devices: [use(4.617e9, 1024 ** 3)], host: use(0.2955e9), totalBytes: 6e9 },
    inputEmbeddingBytes: 0.2955e9,
    active: DENSE,
    expertsOnHost: false,
    cacheTokens: 8192,
    depthTokens: 0,
    activeParameters: 8.03e9,
    machine: { devices: [gpu('RTX 4090')], host },
    ...more,
  };
}

describe('decode speed before anything was measured', () => {
  test('lies where the fact sheet puts GPUs: 0.55 to 0.7 of bandwidth over bytes', () => {
    const { value, source } = priorDecodeSpeed(question());
    const ceiling = 1008e9 / 4.617e9;
    expect(source).toBe('prior');
    expect(value! / ceiling).toBeGreaterThan(0.55);
    expect(value! / ceiling).toBeLessThan(0.7);
  });

  test('keeps the proportions that one GPU showed at five levels', () => {
    const at = (level: SpeedQuestion['level'], weights: number): number =>
      priorDecodeSpeed(question({ level, footprint: { devices: [use(weights)], host: use(0), totalBytes: weights } }))
        .value!;
    expect(at('Q8_0', 7.975e9) / at('F16', 15.01e9)).toBeCloseTo(50.9 / 29.2, 3);
    expect(at('Q4_K_M', 4.617e9) / at('F16', 15.01e9)).toBeCloseTo(71.9 / 29.2, 3);
  });

  test('falls as the cache fills', () => {
    const empty = priorDecodeSpeed(question()).value!;
    const full = priorDecodeSpeed(question({ depthTokens: 8192 })).value!;
    expect(empty / full).toBeCloseTo((4.617e9 + 1024 ** 3) / 4.617e9, 6);
  });

  test('of a mixture of experts counts the experts in use', () => {
    // Qwen3-30B-A3B: 8 of 128 experts
    const active = { expertShare: 0.95, expertsUsedShare: 8 / 128 };
    const ratio = priorDecodeSpeed(question({ active })).value! / priorDecodeSpeed(question()).value!;
    expect(ratio).toBeCloseTo(1 / (0.05 + 0.95 / 16), 6);
  });

  test('layers on the host cost their share', () => {
    const half = { devices: [use(2.3e9)], host: use(2.3e9 + 0.2955e9), totalBytes: 4.9e9 };
    const split = priorDecodeSpeed(question({ footprint: half })).value!;
    const seconds = 2.3e9 / (1008e9 * bandwidthEfficiency('Q4_K_M')) + 2.3e9 / (60e9 * 0.6);
    expect(split).toBeCloseTo(1 / seconds, 6);
  });

  test('is unknown when a memory in use has no known bandwidth', () => {
    const unknown: ProcessorSpeed = { bandwidthBytesPerSecond: null, fp16Tflops: null };
    expect(priorDecodeSpeed(question({ machine: { devices: [unknown], host } }))).toMatchObject({
      value: null,
      source: 'unknown',
    });
    // The host holds nothing but the input embedding, so that its speed does not matter.
    expect(priorDecodeSpeed(question({ machine: { devices: [gpu('RTX 4090')], host: unknown } })).value).not.toBeNull();
  });
});

describe('prefill speed before anything was measured', () => {
  test('comes from compute', () => {
    const fast = priorPrefillSpeed(question()).value!;
    const slow = priorPrefillSpeed(question({ machine: { devices: [gpu('RTX 4060')], host } })).value!;
    expect(fast / slow).toBeCloseTo(165.2 / 30.2, 6);
  });

  test('is unknown with layers on the host, or without figures', () => {
    const half = { devices: [use(2.3e9)], host: use(2.6e9), totalBytes: 4.9e9 };
    expect(priorPrefillSpeed(question({ footprint: half })).value).toBeNull();
    expect(priorPrefillSpeed(question({ machine: { devices: [gpu('GTX 1080')], host } })).value).toBeNull();
    expect(priorPrefillSpeed(question({ activeParameters: null })).value).toBeNull();
  });
});

test('predictions in words', () => {
  expect(formatPrediction(priorDecodeSpeed(question()), 'tokens/s')).toMatch(/^about 12\d tokens\/s \(prior, ±18 %\)$/);
  expect(
    formatPrediction({ value: 29.44, source: 'measured', relativeSpread: 0.02, observations: 1 }, 'tokens/s'),
  ).toBe('29.4 tokens/s (measured from 1 run, ±2 %)');
});
