import { describe, expect, test } from 'vitest';
import { findDevice } from '../devices/find-device.js';
import type { MemoryUse } from '../footprint/footprint.js';
import { efficiencyOf } from './efficiency.js';
import type { ProcessorSpeed, SpeedQuestion } from './speed.js';
import { priorDecodeSpeed, priorPrefillSpeed } from './speed.js';

const use = (weightsBytes: number, kvCacheBytes = 0): MemoryUse => ({
  weightsBytes,
  kvCacheBytes,
  recurrentStateBytes: 0,
  computeBytes: 0,
  totalBytes: weightsBytes + kvCacheBytes,
});

const gpu = (name: string): ProcessorSpeed => findDevice(name).profile;
const host: ProcessorSpeed = { bandwidthBytesPerSecond: 60e9, fp16Tflops: null, kind: 'processor' };

/** Llama-3.1-8B at Q4_K_M: 4.913 GB of tensors, 0.2955 of them the input embedding; 1 GiB of cache at 8192 tokens. */
function question(more: Partial<SpeedQuestion> = {}): SpeedQuestion {
  return {
    level: 'Q4_K_M',
    footprint: { devices: [use(4.617e9, 1024 ** 3)], host: use(0.2955e9), totalBytes: 6e9 },
    inputEmbeddingBytes: 0.2955e9,
    layers: { devices: [33], host: 0 },
    expertBytes: null,
    expertsUsedShare: 1,
    expertLayersOnHost: 0,
    cacheTokens: 8192,
    depthTokens: 0,
    microBatchTokens: 512,
    activeParameters: 8.03e9,
    machine: { devices: [gpu('RTX 4090')], host },
    ...more,
  };
}

const decodeSeconds = (more: Partial<SpeedQuestion> = {}): number => 1 / priorDecodeSpeed(question(more)).value!;

describe('decode speed before anything was measured', () => {
  test('is what reading takes, and a fixed time for each layer', () => {
    expect(decodeSeconds()).toBeCloseTo(4.617e9 / (1008e9 * 0.9) + 33 * 70e-6, 9);
  });

  test('falls as the cache fills', () => {
    expect(decodeSeconds({ depthTokens: 8192 }) - decodeSeconds()).toBeCloseTo(1024 ** 3 / (1008e9 * 0.9), 9);
  });

  test('of a mixture of experts counts the experts in use', () => {
    // Qwen3-30B-A3B: 8 of 128 experts
    const experts = { expertBytes: { devices: [4e9], host: 0 }, expertsUsedShare: 8 / 128 };
    expect(decodeSeconds() - decodeSeconds(experts)).toBeCloseTo((4e9 * 15) / 16 / (1008e9 * 0.9), 9);
  });

  test('experts on the host are read there, and cost a way there and back for each layer', () => {
    const moved = {
      footprint: { devices: [use(0.617e9)], host: use(4.2955e9), totalBytes: 4.9e9 },
      expertBytes: { devices: [0], host: 4e9 },
      expertsUsedShare: 8 / 128,
      expertLayersOnHost: 32,
    };
    const device = 0.617e9 / (1008e9 * 0.9) + 33 * 70e-6;
    expect(decodeSeconds(moved)).toBeCloseTo(device + 0.25e9 / (60e9 * 0.7) + 32 * 50e-6, 9);
  });

  test('layers on the host cost their share', () => {
    const half = { devices: [use(2.3e9)], host: use(2.3e9 + 0.2955e9), totalBytes: 4.9e9 };
    const seconds = 2.3e9 / (1008e9 * 0.9) + 16 * 70e-6 + 2.3e9 / (60e9 * 0.7) + 17 * 20e-6;
    expect(decodeSeconds({ footprint: half, layers: { devices: [16], host: 17 } })).toBeCloseTo(seconds, 9);
  });

  test('what rests on an assumed bandwidth is less sure', () => {
    const alone = {
      footprint: { devices: [], host: use(4.9e9), totalBytes: 4.9e9 },
      layers: { devices: [], host: 33 },
    };
    const known = priorDecodeSpeed(question(alone));
    const assumed = priorDecodeSpeed(
      question({ ...alone, machine: { devices: [], host: { ...host, basis: 'assumed' } } }),
    );
    expect([known.relativeSpread, assumed.relativeSpread]).toEqual([0.25, 0.4]);
    expect(assumed.value).toBe(known.value);
  });

  test('a device of a kind that was fitted is surer than one that was not, and both count by their time', () => {
    const spread = (devices: readonly ProcessorSpeed[]): number =>
      priorDecodeSpeed(question({ machine: { devices, host } })).relativeSpread!;
    expect([spread([gpu('RTX 4090')]), spread([gpu('GTX 1080')])]).toEqual([0.1, 0.25]);
    const half = { devices: [use(2.3e9)], host: use(2.3e9), totalBytes: 4.6e9 };
    const mixed = priorDecodeSpeed(
      question({ footprint: half, inputEmbeddingBytes: 0, layers: { devices: [16], host: 17 } }),
    );
    expect(mixed.relativeSpread).toBeGreaterThan(0.2);
    expect(mixed.relativeSpread).toBeLessThan(0.25);
  });

  test('few cores bound decoding, by what they have to unpack', () => {
    const alone = {
      footprint: { devices: [], host: use(4.9e9), totalBytes: 4.9e9 },
      layers: { devices: [], host: 0 },
      inputEmbeddingBytes: 0,
    };
    const speed = (level: 'Q4_K_M' | 'IQ4_XS', cores: number): number =>
      priorDecodeSpeed(question({ ...alone, level, machine: { devices: [], host: { ...host, cores } } })).value!;
    expect(speed('Q4_K_M', 2)).toBeCloseTo((2 * 18e9) / 4.9e9, 9);
    expect(speed('IQ4_XS', 2)).toBeCloseTo((2 * 9.3e9) / 4.9e9, 9);
    expect(speed('Q4_K_M', 16)).toBeCloseTo((60e9 * 0.7) / 4.9e9, 9);
  });

  test('a measured bandwidth is nearly reached, a nominal one is not', () => {
    const alone = { footprint: { devices: [], host: use(4.9e9), totalBytes: 4.9e9 }, layers: { devices: [], host: 0 } };
    const measured = priorDecodeSpeed(
      question({ ...alone, machine: { devices: [], host: { ...host, basis: 'measured' } } }),
    );
    expect(measured.value! / priorDecodeSpeed(question(alone)).value!).toBeCloseTo(0.9 / 0.7, 9);
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

  test('of layers on the host pays for sending them to the device', () => {
    const half = { devices: [use(2.3e9)], host: use(2.3e9 + 0.2955e9), totalBytes: 4.9e9 };
    const whole = 1 / priorPrefillSpeed(question()).value!;
    const sent = 1 / priorPrefillSpeed(question({ footprint: half, layers: { devices: [16], host: 17 } })).value!;
    expect(sent - whole).toBeCloseTo(2.3e9 / 12e9 / 512, 9);
  });

  test('is unknown without figures', () => {
    expect(priorPrefillSpeed(question({ machine: { devices: [gpu('GTX 1080')], host } })).value).toBeNull();
    expect(priorPrefillSpeed(question({ activeParameters: null })).value).toBeNull();
    const alone = {
      footprint: { devices: [], host: use(4.9e9), totalBytes: 4.9e9 },
      layers: { devices: [], host: 33 },
    };
    expect(priorPrefillSpeed(question(alone)).value).toBeNull();
  });
});

test('an unknown kind of processor is taken for a usual one', () => {
  expect(efficiencyOf(undefined)).toBe(efficiencyOf('other'));
});
