import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors/invalid-input-error.js';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { TransformerShape } from '../model/__fixtures__/transformer-header.js';
import type { MetadataValue } from '../model/model-header.js';
import { presetTypes } from '../quantization/preset.js';
import { createFootprintModel } from './footprint-model.js';
import type { RunShape } from './operating-point.js';

const MIB = 1024 * 1024;
const onDevice = (gpuLayers: number, changes: Partial<RunShape> = {}): RunShape => ({
  contextTokens: 4096,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers, split: [1], expertLayersOnHost: 0 },
  ...changes,
});
const onHost = (changes: Partial<RunShape> = {}): RunShape =>
  onDevice(0, { placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 }, ...changes });
const modelOf = (shape: TransformerShape) => createFootprintModel(transformerHeader(shape));
/** Older engines, whose numbers the fact sheet lists, reserve logits for every token of a batch. */
const olderModelOf = (shape: TransformerShape) => createFootprintModel(transformerHeader(shape), { outputs: 'every' });
const mib = (bytes: number | undefined): number => Number(((bytes ?? NaN) / MIB).toFixed(2));

// Source of the numbers: the fact sheet on footprints, "Vectors".
describe('the vectors of the fact sheet', () => {
  it('Llama-3.1-8B at Q4_K_M with 8192 tokens, without flash attention', () => {
    const shape = onDevice(33, { contextTokens: 8192, flashAttention: 'off' });
    const { devices, host } = olderModelOf(SHAPES.llama31With8B).footprint('Q4_K_M', shape);
    expect([mib(devices[0]?.weightsBytes), mib(host.weightsBytes)]).toEqual([4403.49, 281.81]);
    expect(mib(devices[0]?.kvCacheBytes)).toBe(1024);
    // The sheet's 560.00/24.01 are an older engine's; the pinned one holds a few more rows of the batch.
    expect(mib(devices[0]?.computeBytes) / 560).toBeCloseTo(1, 1);
    expect(mib(host.computeBytes) / 24.01).toBeLessThan(1.6);
  });

  it('Qwen3-30B-A3B at F16 with 40960 tokens', () => {
    const { devices } = olderModelOf(SHAPES.qwen3With30BA3B).footprint('F16', onDevice(49, { contextTokens: 40_960 }));
    expect(mib(devices[0]?.weightsBytes)).toBe(57_666.3);
    expect(mib(devices[0]?.kvCacheBytes)).toBe(3840);
    expect(mib(devices[0]?.computeBytes) / 300.75).toBeCloseTo(1, 1);
  });

  it('Phi-3-mini at Q4_0 with 32768 tokens', () => {
    const { devices, host } = olderModelOf(SHAPES.phi3Mini).footprint('Q4_0', onDevice(33, { contextTokens: 32_768 }));
    // Its file also holds two tables of 48 rope factors, 192 bytes each.
    expect([mib(devices[0]?.weightsBytes), mib(host.weightsBytes)]).toEqual([2021.82, 52.84]);
    expect(mib(devices[0]?.kvCacheBytes)).toBe(12_288);
    expect(mib(devices[0]?.computeBytes) / 108.01).toBeCloseTo(1, 0);
  });

  it('Mistral-Small-22B with 49152 tokens and a cache of q8_0', () => {
    const header = transformerHeader(SHAPES.mistralSmall22B);
    // The sheet's bytes are those of a Q6_K file whose embedding and output are Q8_0: a mix of types.
    const overrides = [{ pattern: '^(?:token_embd|output)\\.weight$', type: 'Q8_0' }] as const;
    const { tensors } = presetTypes(header, 'Q6_K', { overrides });
    const shape = onDevice(57, { contextTokens: 49_152, keyCacheType: 'q8_0', valueCacheType: 'q8_0' });
    const { devices, host } = createFootprintModel(header, { outputs: 'every' }).footprint(tensors, shape);
    expect([mib(devices[0]?.weightsBytes), mib(host.weightsBytes)]).toEqual([17_295.4, 204]);
    expect(mib(devices[0]?.kvCacheBytes)).toBe(5712);
    // The sheet's older engine on CUDA keeps two more rows of the batch than the pinned one on Vulkan.
    expect(mib(devices[0]?.computeBytes) / 192).toBeGreaterThan(0.87);
    expect(mib(devices[0]?.computeBytes) / 192).toBeLessThanOrEqual(1);
  });

  it('Qwen2.5-7B with caches of f16 and q8_0', () => {
    const model = olderModelOf(SHAPES.qwen25With7B);
    const q8 = onDevice(29, { contextTokens: 8192, keyCacheType: 'q8_0', valueCacheType: 'q8_0' });
    expect(mib(model.footprint('Q4_K_M', q8).devices[0]?.kvCacheBytes)).toBe(238);
    const [device] = model.footprint('Q4_K_M', onDevice(29, { contextTokens: 2048 })).devices;
    expect(mib(device?.kvCacheBytes)).toBe(112);
    expect(mib(device?.computeBytes) / 304).toBeCloseTo(1, 1);
  });

  it('Llama-3-8B at Q4_0 with nothing and with everything on the device', () => {
    const model = olderModelOf(SHAPES.llama31With8B);
    const weights = (gpuLayers: number) => {
      const { devices, host } = model.footprint('Q4_0', onDevice(gpuLayers));
      return { device: devices[0]?.weightsBytes ?? NaN, host: host.weightsBytes };
    };
    const gib = (bytes: number): number => Number((bytes / 1024 ** 3).toFixed(2));
    expect(gib(weights(0).host)).toBe(4.33);
    expect(gib(weights(33).device)).toBe(4.06);
    expect(mib(weights(33).host)).toBe(281.81);
  });
});

describe('footprint', () => {
  it('keeps all on the host without a device', () => {
    const footprint = modelOf(SHAPES.llama31With8B).footprint('F16', onHost());
    expect(footprint.devices).toEqual([]);
    expect(footprint.host.weightsBytes).toBe(modelOf(SHAPES.llama31With8B).weightBytes('F16'));
    expect(footprint.notes).toEqual([]);
  });

  it('holds a tied embedding on both when the output layer is on a device', () => {
    const model = modelOf(SHAPES.gemma3With4B);
    const { devices, host } = model.footprint('F16', onDevice(35));
    expect((devices[0]?.weightsBytes ?? 0) + host.weightsBytes - model.weightBytes('F16')).toBe(2560 * 262_144 * 2);
  });

  it('gives window layers window + batch cells, padded to 256', () => {
    const model = modelOf(SHAPES.gemma3With4B);
    // 29 window layers of 1024 + 512 cells, 5 full ones; 4 heads of 256 values, keys and values, 2 bytes.
    const expected = (29 * 1536 + 5 * 32_768) * 2 * 4 * 256 * 2;
    expect(model.footprint('Q4_K_M', onHost({ contextTokens: 32_768 })).host.kvCacheBytes).toBe(expected);
  });

  it('splits layers over devices in order and keeps the sum', () => {
    const model = modelOf(SHAPES.llama31With8B);
    const whole = model.footprint('Q4_K_M', onDevice(33));
    const placement = { gpuLayers: 33, split: [0.75, 0.25], expertLayersOnHost: 0 };
    const { devices } = model.footprint('Q4_K_M', onDevice(33, { placement }));
    expect(devices).toHaveLength(2);
    expect(devices.reduce((sum, { weightsBytes }) => sum + weightsBytes, 0)).toBe(whole.devices[0]?.weightsBytes);
    // ⌈0.75 · 33⌉ = 25 layers of 128 MiB at 4096 tokens are 16 MiB each.
    expect(mib(devices[0]?.kvCacheBytes)).toBe(25 * 16);
    expect(mib(devices[1]?.kvCacheBytes)).toBe(7 * 16);
  });

  // Source: llama.cpp v0.5.0 on Mesa's software device listed twice, the sample model's shape, 4096 tokens, F16.
  it('keeps inputs for four batches when two devices hold the whole model', () => {
    const placement = { gpuLayers: 7, split: [0.5, 0.5], expertLayersOnHost: 0 };
    const perToken = (outputs: 'every' | 'last') => {
      const model = createFootprintModel(transformerHeader(SHAPES.fable5M), { outputs });
      const { devices, host } = model.footprint('F16', onDevice(7, { placement }));
      return [...devices, host].map(({ computeBytes }) => Math.round(computeBytes / (4 * 512)));
    };
    expect(perToken('every')).toEqual([12_052, 14_616, 8732]);
    // The inputs' few indices of outputs are all that is left: 4 of 8728 on the host.
    expect(perToken('last')).toEqual([12_052, 13_076, 8732]);
  });

  it('keeps the experts of the first layers on the host, layer by layer', () => {
    const model = modelOf(SHAPES.qwen3With30BA3B);
    const at = (expertLayersOnHost: number) =>
      model.footprint('Q4_0', onDevice(49, { placement: { gpuLayers: 49, split: [1], expertLayersOnHost } }));
    expect(at(48).devices[0]?.weightsBytes).toBeLessThan(1.5e9);
    expect(at(48).host.weightsBytes).toBeGreaterThan(15e9);
    // Three matrices of 128 experts, 2048 × 768 each, at 4.5 bits.
    const ofOneLayer = (3 * 128 * 2048 * 768 * 4.5) / 8;
    expect(at(0).devices[0]!.weightsBytes - at(1).devices[0]!.weightsBytes).toBe(ofOneLayer);
    expect(at(12).host.weightsBytes - at(0).host.weightsBytes).toBe(12 * ofOneLayer);
    expect(at(1000)).toEqual(at(48));
  });

  it('of layers that are on the host anyway no experts are counted twice', () => {
    const model = modelOf(SHAPES.qwen3With30BA3B);
    const at = (expertLayersOnHost: number) =>
      model.footprint('Q4_0', onDevice(29, { placement: { gpuLayers: 29, split: [1], expertLayersOnHost } }));
    expect(at(20)).toEqual(at(0));
    expect(at(21).host.weightsBytes).toBeGreaterThan(at(20).host.weightsBytes);
  });

  it('counts parallel sequences, each with a context of its own', () => {
    const model = modelOf(SHAPES.llama31With8B);
    expect(model.footprint('F16', onHost({ parallel: 4 })).host.kvCacheBytes).toBe(
      4 * model.footprint('F16', onHost()).host.kvCacheBytes,
    );
  });

  it('reserves logits for the last token of each sequence, or for every one of a batch', () => {
    const computeBytes = (outputs: 'every' | 'last', parallel: number): number => {
      const model = createFootprintModel(transformerHeader(SHAPES.qwen25With7B), { outputs });
      return model.footprint('Q4_K_M', onHost({ parallel })).host.computeBytes;
    };
    // 512 tokens of 152,064 logits in 32 bits are 297 MiB, in whose stead another moment of 177 MiB counts.
    expect(computeBytes('every', 1) - computeBytes('last', 1)).toBeGreaterThan(100 * MIB);
    expect(computeBytes('last', 256)).toBeGreaterThan(0.5 * computeBytes('every', 256));
    expect(createFootprintModel(transformerHeader(SHAPES.qwen25With7B)).footprint('Q4_K_M', onHost())).toEqual(
      createFootprintModel(transformerHeader(SHAPES.qwen25With7B), { outputs: 'last' }).footprint('Q4_K_M', onHost()),
    );
  });

  // Source: llama.cpp v0.5.0 on Mesa's software device, the sample model's shape at Q8_0, 2048 tokens: 4387 per token.
  it('fetches the output matrix for batches alone', () => {
    const shape = onDevice(0, { contextTokens: 2048 });
    const { devices } = modelOf(SHAPES.fable5M).footprint('Q8_0', shape);
    expect(Math.round((devices[0]?.computeBytes ?? NaN) / (4 * 512))).toBe(4387);
    const batch = modelOf(SHAPES.llama31With8B).footprint('Q8_0', onDevice(0, { parallel: 32 })).devices[0];
    const one = modelOf(SHAPES.llama31With8B).footprint('Q8_0', onDevice(0)).devices[0];
    // 128,256 × 4096 weights of 34 bytes for 32.
    expect((batch?.computeBytes ?? NaN) - (one?.computeBytes ?? NaN)).toBeGreaterThan(0.5 * 128_256 * 4096 * (34 / 32));
  });

  // Source: llama.cpp v0.5.0 (node-llama-cpp 3.22.1), a header-only file of this shape, no device.
  it('knows where queries that are rotated for a quantized cache end', () => {
    const computeBytes = (cache: 'f16' | 'q8_0'): number =>
      modelOf(SHAPES.llama31With8B).footprint('F16', onHost({ keyCacheType: cache, valueCacheType: cache })).host
        .computeBytes;
    // Matrices of 128 and 64 squared come in, and a row of 4096 queries per token goes.
    expect(computeBytes('f16') - computeBytes('q8_0')).toBe(4 * (4096 * 512 - 128 ** 2 - 64 ** 2));
  });

  it('counts recurrent state per sequence, not per token', () => {
    const metadata: Readonly<Record<string, MetadataValue>> = {
      'jamba.ssm.conv_kernel': 4,
      'jamba.ssm.inner_size': 512,
      'jamba.ssm.state_size': 16,
      'jamba.attention.head_count_kv': { kind: 'array', elementType: 'number', length: 6, values: [0, 0, 4, 0, 0, 4] },
    };
    const model = modelOf({ ...SHAPES.fable5M, architecture: 'jamba', metadata });
    const { host } = model.footprint('F16', onHost({ parallel: 2 }));
    expect(host.recurrentStateBytes).toBe(4 * 2 * 4 * (3 * 512 + 16 * 512));
    expect(host.kvCacheBytes).toBe(2 * 2 * 4096 * 2 * 4 * 32 * 2);
    expect(model.footprint('F16', onDevice(3)).notes.join()).toContain('rough');
  });

  it('says so when it falls back to the generic rules', () => {
    const model = modelOf({ ...SHAPES.fable5M, architecture: 'newcomer' });
    expect(model.footprint('F16', onHost()).notes.join()).toContain('not known');
  });

  it('refuses what the engine refuses', () => {
    const model = modelOf(SHAPES.llama31With8B);
    const refused = [
      onHost({ flashAttention: 'off', valueCacheType: 'q8_0' }),
      onHost({ contextTokens: 0 }),
      onHost({ contextTokens: NaN }),
      onHost({ contextTokens: 2 ** 40 }),
      onHost({ parallel: 257 }),
      onHost({ parallel: 1.5 }),
      onDevice(-1),
      onDevice(1, { placement: { gpuLayers: 1, split: [0, 0], expertLayersOnHost: 0 } }),
    ];
    for (const shape of refused) expect(() => model.footprint('Q8_0', shape)).toThrow(InvalidInputError);
    const odd = modelOf({ ...SHAPES.fable5M, headLength: 20 });
    expect(() => odd.footprint('F16', onHost({ keyCacheType: 'q4_0' }))).toThrow(InvalidInputError);
  });
});
