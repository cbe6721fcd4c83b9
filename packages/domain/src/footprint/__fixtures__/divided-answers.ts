import type { TransformerShape } from '../../model/__fixtures__/transformer-header.js';
import type { KvCacheType } from '../../quantization/kv-cache-type.js';
import type { FlashAttention } from '../operating-point.js';
import { SMALL_LATENT_TRANSFORMERS } from './small-latent-transformers.js';

const usual = {
  ...{ layers: 6, width: 384, heads: 6, kvHeads: 2, headLength: 64, ffn: 1152 },
  ...{ vocabulary: 32_000, context: 131_072 },
} as const;
const window = (architecture: string) => ({ [`${architecture}.attention.sliding_window`]: 512 });

/** Small models of the families that are run most. */
export const SMALL_TRANSFORMERS = {
  llama: { ...usual, architecture: 'llama' },
  mixtral: { ...usual, architecture: 'llama', experts: { count: 8, used: 2, ffn: 1152 } },
  qwen2: { ...usual, architecture: 'qwen2', attentionBias: true },
  qwen3: { ...usual, architecture: 'qwen3', headNorms: true, tied: true },
  qwen3moe: { ...usual, architecture: 'qwen3moe', headNorms: true, experts: { count: 16, used: 4, ffn: 288 } },
  gemma2: { ...usual, architecture: 'gemma2', postNorms: true, tied: true, metadata: window('gemma2') },
  gemma3: {
    ...{ ...usual, architecture: 'gemma3', postNorms: true, headNorms: true, tied: true, metadata: window('gemma3') },
  },
  phi3: { ...usual, architecture: 'phi3', fused: true },
  ...SMALL_LATENT_TRANSFORMERS,
} as const satisfies Readonly<Record<string, TransformerShape>>;

/** What the engine said of one case: scratch memory on the device and on the host, bytes. */
export type DividedAnswer = readonly [
  model: keyof typeof SMALL_TRANSFORMERS,
  gpuLayers: number,
  expertLayersOnHost: number,
  cache: KvCacheType,
  flashAttention: FlashAttention,
  deviceBytes: number,
  hostBytes: number,
];

/**
 * Source: llama.cpp v0.5.0 (node-llama-cpp 3.22.1, Linux x64) with Mesa's software Vulkan device, loaded without
 * allocating from header-only F16 files of these shapes: one sequence of 4,096 tokens, batches of 512, the last logits.
 */
export const DIVIDED_ANSWERS: readonly DividedAnswer[] = [
  ['llama', 5, 0, 'f16', 'on', 15763456, 5779520],
  ['llama', 4, 0, 'f16', 'off', 63211520, 10494016],
  ['llama', 4, 0, 'q8_0', 'on', 14501888, 5812288],
  ['llama', 1, 0, 'f16', 'on', 15763456, 5779520],
  ['llama', 0, 0, 'f16', 'off', 63211520, 10494016],
  ['llama', 0, 0, 'q8_0', 'on', 14501888, 5812288],
  ['mixtral', 5, 0, 'f16', 'on', 25200640, 5779520],
  ['mixtral', 4, 0, 'f16', 'off', 63211520, 10494016],
  ['mixtral', 4, 0, 'q8_0', 'on', 23939072, 5812288],
  ['mixtral', 3, 1, 'q8_0', 'on', 23939072, 5812288],
  ['mixtral', 1, 0, 'f16', 'on', 25200640, 5779520],
  ['mixtral', 0, 0, 'f16', 'off', 63211520, 10494016],
  ['mixtral', 0, 0, 'q8_0', 'on', 23939072, 5812288],
  ['qwen2', 5, 0, 'f16', 'on', 15761408, 5779520],
  ['qwen2', 4, 0, 'f16', 'off', 63995904, 10494016],
  ['qwen2', 4, 0, 'q8_0', 'on', 15109632, 5812288],
  ['qwen2', 1, 0, 'f16', 'on', 15761408, 5779520],
  ['qwen2', 0, 0, 'f16', 'off', 63995904, 10494016],
  ['qwen2', 0, 0, 'q8_0', 'on', 15109632, 5812288],
  ['qwen3', 5, 0, 'f16', 'on', 15761408, 5779520],
  ['qwen3', 4, 0, 'f16', 'off', 63995904, 10494016],
  ['qwen3', 4, 0, 'q8_0', 'on', 15206656, 5812288],
  ['qwen3', 1, 0, 'f16', 'on', 15761408, 5779520],
  ['qwen3', 0, 0, 'f16', 'off', 63995904, 10494016],
  ['qwen3', 0, 0, 'q8_0', 'on', 15206656, 5812288],
  ['qwen3moe', 5, 0, 'f16', 'on', 17727488, 5779520],
  ['qwen3moe', 4, 0, 'f16', 'off', 63209472, 10494016],
  ['qwen3moe', 4, 0, 'q8_0', 'on', 16288000, 5812288],
  ['qwen3moe', 3, 1, 'q8_0', 'on', 16288000, 5812288],
  ['qwen3moe', 1, 0, 'f16', 'on', 17727488, 5779520],
  ['qwen3moe', 0, 0, 'f16', 'off', 63209472, 10494016],
  ['qwen3moe', 0, 0, 'q8_0', 'on', 16288000, 5812288],
  ['gemma2', 5, 0, 'f16', 'on', 16844800, 6836288],
  ['gemma2', 4, 0, 'f16', 'off', 65308672, 13119552],
  ['gemma2', 4, 0, 'q8_0', 'on', 16664576, 6901824],
  ['gemma2', 1, 0, 'f16', 'on', 16844800, 6836288],
  ['gemma2', 0, 0, 'f16', 'off', 65308672, 13119552],
  ['gemma2', 0, 0, 'q8_0', 'on', 16664576, 6901824],
  ['gemma3', 5, 0, 'f16', 'on', 13913856, 6836288],
  ['gemma3', 4, 0, 'f16', 'off', 65044480, 13119552],
  ['gemma3', 4, 0, 'q8_0', 'on', 15075584, 6901824],
  ['gemma3', 1, 0, 'f16', 'on', 11372800, 6836288],
  ['gemma3', 0, 0, 'f16', 'off', 63211776, 13119552],
  ['gemma3', 0, 0, 'q8_0', 'on', 10881280, 6901824],
  ['phi3', 5, 0, 'f16', 'on', 15435776, 6563904],
  ['phi3', 4, 0, 'f16', 'off', 62883840, 11278400],
  ['phi3', 4, 0, 'q8_0', 'on', 16189440, 5812288],
  ['phi3', 1, 0, 'f16', 'on', 15435776, 6563904],
  ['phi3', 0, 0, 'f16', 'off', 62883840, 11278400],
  ['phi3', 0, 0, 'q8_0', 'on', 16189440, 5812288],
  ['deepseek2', 5, 0, 'f16', 'on', 21078016, 5775424],
  ['deepseek2', 4, 0, 'f16', 'off', 72458240, 9969728],
  ['deepseek2', 4, 0, 'q8_0', 'on', 17932288, 5775424],
  ['deepseek2', 3, 1, 'q8_0', 'on', 17932288, 5775424],
  ['deepseek2', 1, 0, 'f16', 'on', 21078016, 5775424],
  ['deepseek2', 0, 0, 'f16', 'off', 72458240, 9969728],
  ['deepseek2', 0, 0, 'q8_0', 'on', 17932288, 5775424],
  ['deepseek2Lite', 5, 0, 'f16', 'on', 21151744, 5775424],
  ['deepseek2Lite', 4, 0, 'f16', 'off', 72531968, 9969728],
  ['deepseek2Lite', 4, 0, 'q8_0', 'on', 18006016, 5775424],
  ['deepseek2Lite', 3, 1, 'q8_0', 'on', 18006016, 5775424],
  ['deepseek2Lite', 0, 0, 'f16', 'off', 72531968, 9969728],
  ['deepseek2Unpacked', 5, 0, 'f16', 'on', 16752640, 6959168],
  ['deepseek2Unpacked', 4, 0, 'f16', 'off', 72851456, 12722240],
  ['deepseek2Unpacked', 4, 0, 'q8_0', 'on', 18079744, 6975552],
  ['deepseek2Unpacked', 3, 1, 'q8_0', 'on', 18079744, 6975552],
  ['deepseek2Unpacked', 1, 0, 'f16', 'on', 19898368, 6959168],
  ['deepseek2Unpacked', 0, 0, 'f16', 'off', 72851456, 12722240],
];
