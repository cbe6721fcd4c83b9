import { describe, expect, it } from 'vitest';
import { SHAPES, transformerHeader } from '../model/__fixtures__/transformer-header.js';
import type { TransformerShape } from '../model/__fixtures__/transformer-header.js';
import { DIVIDED_ANSWERS, SMALL_TRANSFORMERS } from './__fixtures__/divided-answers.js';
import { SMALL_FURTHER_VARIATIONS } from './__fixtures__/small-further-variations.js';
import { SMALL_GEMMA4 } from './__fixtures__/small-gemma4.js';
import { SMALL_VARIATIONS } from './__fixtures__/small-variations.js';
import { VARIATION_ANSWERS } from './__fixtures__/variation-answers.js';
import { createFootprintModel } from './footprint-model.js';
import type { RunShape } from './operating-point.js';

const SMALL = { ...SMALL_TRANSFORMERS, ...SMALL_VARIATIONS, ...SMALL_FURTHER_VARIATIONS, ...SMALL_GEMMA4 };

const divided = (gpuLayers: number, expertLayersOnHost = 0): RunShape => ({
  contextTokens: 4096,
  parallel: 1,
  microBatchTokens: 512,
  keyCacheType: 'f16',
  valueCacheType: 'f16',
  flashAttention: 'on',
  placement: { gpuLayers, split: [1], expertLayersOnHost },
});

it.each([...DIVIDED_ANSWERS, ...VARIATION_ANSWERS])(
  '%s, %i layers on a device and the experts of %i on the host, a cache of %s, flash attention %s: the engine’s bytes',
  (name, gpuLayers, expertLayersOnHost, cache, flashAttention, deviceBytes, hostBytes) => {
    const model = createFootprintModel(transformerHeader(SMALL[name]));
    const types = { keyCacheType: cache, valueCacheType: cache };
    const shape = { ...divided(gpuLayers, expertLayersOnHost), ...types, flashAttention };
    const { devices, host } = model.footprint('file', shape);
    expect([devices[0]?.computeBytes, host.computeBytes]).toEqual([deviceBytes, hostBytes]);
  },
);

// Source: as of the answers above; on the processor, and with all layers on the device.
const TOGETHER_ANSWERS = [
  ['llama', 'f16', 'on', 14_430_240, 12_855_312, 5_779_520],
  ['llama', 'f32', 'on', 13_643_808, 12_855_312, 5_779_520],
  ['llama', 'f16', 'off', 63_184_928, 60_823_568, 10_494_016],
  ['qwen3moe', 'f16', 'on', 14_430_240, 12_953_616, 5_779_520],
  ['qwen3moe', 'q8_0', 'on', 13_742_112, 12_986_384, 5_812_288],
  ['gemma2', 'f16', 'on', 15_487_008, 13_912_080, 6_836_288],
  ['gemma2', 'f32', 'on', 16_011_296, 13_912_080, 6_836_288],
  ['phi3', 'f16', 'on', 13_643_808, 12_855_312, 5_779_520],
  ['phi3', 'f16', 'off', 61_612_064, 60_823_568, 10_494_016],
  ['granite', 'f16', 'on', 14_430_240, 12_855_312, 5_779_520],
  ['granitemoe', 'f16', 'off', 65_609_760, 61_610_000, 10_494_016],
  ['smollm3', 'f16', 'on', 14_430_240, 13_641_744, 5_779_520],
  ['olmoe', 'f16', 'off', 64_233_504, 63_445_008, 11_542_592],
  ['olmo2', 'q8_0', 'on', 14_463_008, 12_888_080, 5_812_288],
  ['olmo3', 'f16', 'on', 15_487_008, 14_698_512, 6_836_288],
  ['cohere2', 'f16', 'off', 65_024_032, 71_313_424, 13_119_552],
  ['ernie4_5-moe', 'f16', 'on', 15_020_064, 14_133_264, 5_779_520],
  ['exaone4', 'q8_0', 'on', 14_463_008, 13_674_512, 5_812_288],
  ['glm4moe', 'f16', 'on', 15_020_064, 15_345_680, 5_779_520],
  ['mistral3', 'f16', 'on', 14_432_288, 12_857_360, 5_781_568],
  ['qwen2vl', 'f16', 'off', 63_191_072, 60_829_712, 10_500_160],
  ['qwen3vl', 'f16', 'on', 19_154_976, 16_007_184, 8_144_960],
  ['gemma4', 'f16', 'off', 65_810_464, 64_235_536, 13_119_552],
  ['gemma4Experts', 'f16', 'on', 15_536_160, 17_844_240, 6_836_288],
  ['gemma4PerLayer', 'q8_0', 'on', 17_176_608, 17_958_928, 8_525_888],
  ['deepseek2', 'f16', 'on', 14_819_360, 16_070_672, 5_775_424],
  ['deepseek2', 'f16', 'off', 69_345_312, 68_950_032, 9_969_728],
  ['deepseek2', 'q8_0', 'on', 14_819_360, 16_070_672, 5_775_424],
  ['deepseek2Lite', 'f16', 'off', 71_778_336, 68_950_032, 9_969_728],
  ['deepseek2Unpacked', 'f16', 'on', 14_430_240, 14_821_392, 5_779_520],
  ['deepseek2Unpacked', 'q8_0', 'on', 13_758_496, 14_149_648, 5_795_904],
] as const;

it.each(TOGETHER_ANSWERS)(
  '%s in one kind of memory, a cache of %s, flash attention %s: the engine’s bytes',
  (name, cache, flashAttention, inRam, onDevice, beside) => {
    const model = createFootprintModel(transformerHeader(SMALL[name]));
    const types = { keyCacheType: cache, valueCacheType: cache, flashAttention };
    const ram = { ...divided(0), ...types, placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } };
    expect(model.footprint('file', ram).host.computeBytes).toBe(inRam);
    const { devices, host } = model.footprint('file', { ...divided(99), ...types });
    expect([devices[0]?.computeBytes, host.computeBytes]).toEqual([onDevice, beside]);
  },
);

describe('scratch memory that is small beside the weights', () => {
  const bytes = (shape: TransformerShape, outputs: 'every' | 'last', part: boolean) => {
    const header = transformerHeader(shape);
    // Without a tensor of its graph a model is counted by the closed form.
    const tensors = header.tensors.filter(({ name }) => !part || name !== 'blk.0.attn_output.weight');
    const placement = { gpuLayers: 0, split: [], expertLayersOnHost: 0 };
    return createFootprintModel({ ...header, tensors }, { outputs }).footprint('Q4_0', { ...divided(0), placement })
      .host.computeBytes;
  };

  it('is counted by the closed form, as it decides nothing', () => {
    expect(bytes(SHAPES.mistralV03, 'last', false)).toBe(bytes(SHAPES.mistralV03, 'last', true));
  });

  it('but not where every token has logits, which it is far from', () => {
    expect(bytes(SHAPES.phi3Mini, 'every', false)).not.toBe(bytes(SHAPES.phi3Mini, 'every', true));
  });
});

// Source: as of the answers above. Vulkan has no product of one matrix with batches for several caches.
it('compressed values of several sequences are unpacked by the host', () => {
  const model = createFootprintModel(transformerHeader(SMALL_TRANSFORMERS.deepseek2));
  const { devices, host } = model.footprint('file', { ...divided(4), contextTokens: 300, parallel: 3 });
  expect([devices[0]?.computeBytes, host.computeBytes]).toEqual([13_252_640, 8_610_432]);
});

// Source: as of the answers above. Freed memory fits better what comes next, which no formula sees.
it('a longer context takes less scratch memory where the engine says so', () => {
  const model = createFootprintModel(transformerHeader(SMALL_TRANSFORMERS.llama));
  const bytes = (contextTokens: number) =>
    model.footprint('file', { ...divided(1), contextTokens }).devices[0]?.computeBytes;
  expect(bytes(512)).toBe(10_815_488);
  expect(bytes(768)).toBe(10_717_184);
});

// Source: llama.cpp v0.5.0 `src/models/gemma4.cpp`, `load_arch_tensors`.
it('what makes each layer’s embeddings of the tokens lies with the first layer', () => {
  const header = transformerHeader(SMALL_GEMMA4.gemma4PerLayer);
  const model = createFootprintModel(header);
  const onDevice = (gpuLayers: number) => model.footprint('file', divided(gpuLayers)).devices[0]?.weightsBytes ?? 0;
  const first = header.tensors.filter(({ name }) => /^blk\.0\.|^per_layer_(model_proj|proj_norm)/.test(name));
  const bytes = first.reduce((sum, tensor) => sum + Math.ceil(tensor.bytes / 32) * 32, 0);
  expect(onDevice(13) - onDevice(12)).toBe(bytes);
});

/**
 * Source: as of the answers above, with the device listed twice. The engine's answer without allocating leaves norms with the
 * layer before, so that the second device has a copy of one row more for each of four batches in flight; a load does not.
 */
it.each([
  ['gemma4PerLayer', 42_278_912, 55_320_640, 24_207_616],
  ['commandR', 30_711_808, 33_857_600, 18_399_488],
  ['cohere2', 34_938_880, 20_488_256, 22_626_560],
] as const)(
  '%s on two devices: the engine’s bytes but for what a load does not take',
  (name, first, second, beside) => {
    const placement = { gpuLayers: 99, split: [1, 1], expertLayersOnHost: 0 };
    const model = createFootprintModel(transformerHeader(SMALL[name]));
    const { devices, host } = model.footprint('file', { ...divided(99), placement });
    const rows = 4 * 512 * 384 * 4;
    expect([...devices, host].map(({ computeBytes }) => computeBytes)).toEqual([first, second - rows, beside]);
  },
);
