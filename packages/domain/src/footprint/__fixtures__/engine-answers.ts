import type { SHAPES } from '../../model/__fixtures__/transformer-header.js';
import type { FlashAttention } from '../operating-point.js';
import type { KvCacheType } from '../../quantization/kv-cache-type.js';
import type { Level } from '../../quantization/level.js';

/**
 * What the engine said of one case: bytes of weights, cache and scratch memory, all on the host. Scratch memory twice:
 * with logits of every token of a batch, and with `n_outputs_max` = 1.
 */
export type EngineAnswer = readonly [
  model: keyof typeof SHAPES,
  level: Level,
  contextTokens: number,
  cache: KvCacheType,
  flashAttention: FlashAttention,
  weightsBytes: number,
  kvCacheBytes: number,
  computeBytes: number,
  computeBytesOfLast: number,
];

/**
 * Source: llama.cpp v0.5.0 (node-llama-cpp 3.22.1, Linux x64), loaded without allocating from header-only files of
 * these shapes: one sequence, batches of 512, no device, no weight repacking.
 */
export const ENGINE_ANSWERS: readonly EngineAnswer[] = [
  ['llama31With8B', 'F16', 4096, 'f16', 'on', 16061054976, 536870912, 279447552, 125841440],
  ['llama31With8B', 'Q4_K_M', 4096, 'f16', 'on', 4912898048, 536870912, 279447552, 125841440],
  ['llama31With8B', 'Q4_K_M', 16384, 'q8_0', 'on', 4912898048, 1140850688, 287836160, 130117664],
  ['llama31With8B', 'Q4_K_M', 8192, 'f16', 'off', 4912898048, 1073741824, 599795712, 599793696],
  ['llama33With70B', 'F16', 4096, 'f16', 'on', 141110050816, 1342177280, 296224768, 247476256],
  ['llama33With70B', 'Q4_K_M', 4096, 'f16', 'on', 42512531456, 1342177280, 296224768, 247476256],
  ['llama33With70B', 'Q4_K_M', 16384, 'q8_0', 'on', 42512531456, 2852126720, 313001984, 243363872],
  ['llama33With70B', 'Q4_K_M', 8192, 'f16', 'off', 42512531456, 2684354560, 1178609664, 1178607648],
  ['qwen25With7B', 'F16', 4096, 'f16', 'on', 15231899648, 234881024, 326109184, 149958688],
  ['qwen25With7B', 'Q4_K_M', 4096, 'f16', 'on', 4677120000, 234881024, 326109184, 149958688],
  ['qwen25With7B', 'Q4_K_M', 16384, 'q8_0', 'on', 4677120000, 499122176, 333449216, 155283488],
  ['qwen25With7B', 'Q4_K_M', 8192, 'f16', 'off', 4677120000, 469762048, 525346816, 525344800],
  ['mistralV03', 'F16', 4096, 'f16', 'on', 14496579584, 536870912, 125843456, 125841440],
  ['mistralV03', 'Q4_K_M', 4096, 'f16', 'on', 4372054016, 536870912, 125843456, 125841440],
  ['mistralV03', 'Q4_K_M', 16384, 'q8_0', 'on', 4372054016, 1140850688, 130119680, 130117664],
  ['mistralV03', 'Q4_K_M', 8192, 'f16', 'off', 4372054016, 1073741824, 599795712, 599793696],
  ['mistralSmall22B', 'F16', 4096, 'f16', 'on', 44495953920, 939524096, 155203584, 155201568],
  ['mistralSmall22B', 'Q4_K_M', 4096, 'f16', 'on', 13340467200, 939524096, 155203584, 155201568],
  ['mistralSmall22B', 'Q4_K_M', 16384, 'q8_0', 'on', 13340467200, 1996488704, 155285504, 155283488],
  ['mistralSmall22B', 'Q4_K_M', 8192, 'f16', 'off', 13340467200, 1879048192, 889202688, 889200672],
  ['phi3Mini', 'F16', 4096, 'f16', 'on', 7642558464, 1610612736, 95041536, 73412640],
  ['phi3Mini', 'Q4_K_M', 4096, 'f16', 'on', 2396032512, 1610612736, 95041536, 73412640],
  ['phi3Mini', 'Q4_K_M', 16384, 'q8_0', 'on', 2396032512, 3422552064, 85997568, 85995552],
  ['phi3Mini', 'Q4_K_M', 8192, 'f16', 'off', 2396032512, 3221225472, 585115648, 585113632],
  ['qwen3With30BA3B', 'F16', 4096, 'f16', 'on', 61089832960, 402653184, 319555584, 96481312],
  ['qwen3With30BA3B', 'Q4_K_M', 4096, 'f16', 'on', 18550716416, 402653184, 319555584, 96481312],
  ['qwen3With30BA3B', 'Q4_K_M', 16384, 'q8_0', 'on', 18550716416, 855638016, 319555584, 109146144],
  ['qwen3With30BA3B', 'Q4_K_M', 8192, 'f16', 'off', 18550716416, 805306368, 585115648, 585113632],
  ['mixtral8x7B', 'F16', 4096, 'f16', 'on', 93408215040, 536870912, 213923840, 213921824],
  ['mixtral8x7B', 'Q4_K_M', 4096, 'f16', 'on', 28447727616, 536870912, 213923840, 213921824],
  ['mixtral8x7B', 'Q4_K_M', 16384, 'q8_0', 'on', 28447727616, 1140850688, 218232832, 218230816],
  ['mixtral8x7B', 'Q4_K_M', 8192, 'f16', 'off', 28447727616, 1073741824, 599795712, 599793696],
  ['gemma3With4B', 'F16', 4096, 'f16', 'on', 7760934912, 266338304, 552601600, 88625184],
  ['gemma3With4B', 'Q4_K_M', 4096, 'f16', 'on', 2483218432, 266338304, 552601600, 88625184],
  ['gemma3With4B', 'Q4_K_M', 16384, 'q8_0', 'on', 2483218432, 275185664, 547358720, 105959456],
  ['gemma3With4B', 'Q4_K_M', 8192, 'f16', 'off', 2483218432, 350224384, 552601600, 186658848],
  ['fable5M', 'F16', 4096, 'f16', 'on', 11547648, 12582912, 11024384, 11022368],
  ['fable5M', 'Q4_K_M', 4096, 'f16', 'on', 3645952, 12582912, 11024384, 11022368],
  ['fable5M', 'Q4_K_M', 16384, 'q8_0', 'on', 3645952, 26738688, 23607296, 23605280],
  ['fable5M', 'Q4_K_M', 8192, 'f16', 'off', 3645952, 25165824, 154150912, 154148896],
];
