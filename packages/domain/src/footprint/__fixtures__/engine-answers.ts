import type { SHAPES } from '../../model/__fixtures__/transformer-header.js';
import type { FlashAttention } from '../operating-point.js';
import type { KvCacheType } from '../../quantization/kv-cache-type.js';
import type { Level } from '../../quantization/level.js';

/** What the engine said of one case: bytes of weights, cache and scratch memory, all on the host. */
export type EngineAnswer = readonly [
  model: keyof typeof SHAPES,
  level: Level,
  contextTokens: number,
  cache: KvCacheType,
  flashAttention: FlashAttention,
  weightsBytes: number,
  kvCacheBytes: number,
  computeBytes: number,
];

/**
 * Source: llama.cpp v0.5.0 (node-llama-cpp 3.22.1, Linux x64), loaded without allocating from header-only files of
 * these shapes: one sequence, batches of 512, no device, no weight repacking.
 */
export const ENGINE_ANSWERS: readonly EngineAnswer[] = [
  ['llama31With8B', 'F16', 4096, 'f16', 'on', 16061054976, 536870912, 279447552],
  ['llama31With8B', 'Q4_K_M', 4096, 'f16', 'on', 4912898048, 536870912, 279447552],
  ['llama31With8B', 'Q4_K_M', 16384, 'q8_0', 'on', 4912898048, 1140850688, 287836160],
  ['llama31With8B', 'Q4_K_M', 8192, 'f16', 'off', 4912898048, 1073741824, 599795712],
  ['llama33With70B', 'F16', 4096, 'f16', 'on', 141110050816, 1342177280, 296224768],
  ['llama33With70B', 'Q4_K_M', 4096, 'f16', 'on', 42512531456, 1342177280, 296224768],
  ['llama33With70B', 'Q4_K_M', 16384, 'q8_0', 'on', 42512531456, 2852126720, 313001984],
  ['llama33With70B', 'Q4_K_M', 8192, 'f16', 'off', 42512531456, 2684354560, 1178609664],
  ['qwen25With7B', 'F16', 4096, 'f16', 'on', 15231899648, 234881024, 326109184],
  ['qwen25With7B', 'Q4_K_M', 4096, 'f16', 'on', 4677120000, 234881024, 326109184],
  ['qwen25With7B', 'Q4_K_M', 16384, 'q8_0', 'on', 4677120000, 499122176, 333449216],
  ['qwen25With7B', 'Q4_K_M', 8192, 'f16', 'off', 4677120000, 469762048, 525346816],
  ['mistralV03', 'F16', 4096, 'f16', 'on', 14496579584, 536870912, 125843456],
  ['mistralV03', 'Q4_K_M', 4096, 'f16', 'on', 4372054016, 536870912, 125843456],
  ['mistralV03', 'Q4_K_M', 16384, 'q8_0', 'on', 4372054016, 1140850688, 130119680],
  ['mistralV03', 'Q4_K_M', 8192, 'f16', 'off', 4372054016, 1073741824, 599795712],
  ['mistralSmall22B', 'F16', 4096, 'f16', 'on', 44495953920, 939524096, 155203584],
  ['mistralSmall22B', 'Q4_K_M', 4096, 'f16', 'on', 13340467200, 939524096, 155203584],
  ['mistralSmall22B', 'Q4_K_M', 16384, 'q8_0', 'on', 13340467200, 1996488704, 155285504],
  ['mistralSmall22B', 'Q4_K_M', 8192, 'f16', 'off', 13340467200, 1879048192, 889202688],
  ['phi3Mini', 'F16', 4096, 'f16', 'on', 7642558464, 1610612736, 95041536],
  ['phi3Mini', 'Q4_K_M', 4096, 'f16', 'on', 2396032512, 1610612736, 95041536],
  ['phi3Mini', 'Q4_K_M', 16384, 'q8_0', 'on', 2396032512, 3422552064, 85997568],
  ['phi3Mini', 'Q4_K_M', 8192, 'f16', 'off', 2396032512, 3221225472, 585115648],
  ['qwen3With30BA3B', 'F16', 4096, 'f16', 'on', 61089832960, 402653184, 319555584],
  ['qwen3With30BA3B', 'Q4_K_M', 4096, 'f16', 'on', 18550716416, 402653184, 319555584],
  ['qwen3With30BA3B', 'Q4_K_M', 16384, 'q8_0', 'on', 18550716416, 855638016, 319555584],
  ['qwen3With30BA3B', 'Q4_K_M', 8192, 'f16', 'off', 18550716416, 805306368, 585115648],
  ['mixtral8x7B', 'F16', 4096, 'f16', 'on', 93408215040, 536870912, 213923840],
  ['mixtral8x7B', 'Q4_K_M', 4096, 'f16', 'on', 28447727616, 536870912, 213923840],
  ['mixtral8x7B', 'Q4_K_M', 16384, 'q8_0', 'on', 28447727616, 1140850688, 218232832],
  ['mixtral8x7B', 'Q4_K_M', 8192, 'f16', 'off', 28447727616, 1073741824, 599795712],
  ['gemma3With4B', 'F16', 4096, 'f16', 'on', 7760934912, 266338304, 552601600],
  ['gemma3With4B', 'Q4_K_M', 4096, 'f16', 'on', 2483218432, 266338304, 552601600],
  ['gemma3With4B', 'Q4_K_M', 16384, 'q8_0', 'on', 2483218432, 275185664, 547358720],
  ['gemma3With4B', 'Q4_K_M', 8192, 'f16', 'off', 2483218432, 350224384, 552601600],
  ['fable5M', 'F16', 4096, 'f16', 'on', 11547648, 12582912, 11024384],
  ['fable5M', 'Q4_K_M', 4096, 'f16', 'on', 3645952, 12582912, 11024384],
  ['fable5M', 'Q4_K_M', 16384, 'q8_0', 'on', 3645952, 26738688, 23607296],
  ['fable5M', 'Q4_K_M', 8192, 'f16', 'off', 3645952, 25165824, 154150912],
];
