import type { FlashAttention } from '../operating-point.js';
import type { KvCacheType } from '../../quantization/kv-cache-type.js';
import type { SMALL_VARIATIONS } from './small-variations.js';

/** As `DividedAnswer`. */
export type VariationAnswer = readonly [
  model: keyof typeof SMALL_VARIATIONS,
  gpuLayers: number,
  expertLayersOnHost: number,
  cache: KvCacheType,
  flashAttention: FlashAttention,
  deviceBytes: number,
  hostBytes: number,
];

/** Source: as of `DIVIDED_ANSWERS`. */
export const VARIATION_ANSWERS: readonly VariationAnswer[] = [
  ['granite', 5, 0, 'f16', 'on', 15763456, 5779520],
  ['granite', 4, 0, 'f16', 'off', 63211520, 10494016],
  ['granite', 0, 0, 'q8_0', 'on', 14501888, 5812288],
  ['granitemoe', 5, 0, 'f16', 'on', 17729536, 5779520],
  ['granitemoe', 4, 0, 'f16', 'off', 63211520, 10494016],
  ['granitemoe', 3, 1, 'q8_0', 'on', 16467968, 5812288],
  ['granitemoe', 0, 0, 'q8_0', 'on', 16467968, 5812288],
  ['smollm3', 5, 0, 'f16', 'on', 15763456, 5779520],
  ['smollm3', 4, 0, 'f16', 'off', 63211520, 10494016],
  ['smollm3', 0, 0, 'q8_0', 'on', 14501888, 5812288],
  ['olmoe', 5, 0, 'f16', 'on', 17072128, 6565952],
  ['olmoe', 4, 0, 'f16', 'off', 68452352, 12329024],
  ['olmoe', 3, 1, 'q8_0', 'on', 16125440, 6598720],
  ['olmoe', 0, 0, 'q8_0', 'on', 16125440, 6598720],
  ['olmo2', 5, 0, 'f16', 'on', 15499264, 6565952],
  ['olmo2', 4, 0, 'f16', 'off', 67665920, 12329024],
  ['olmo2', 0, 0, 'q8_0', 'on', 16482304, 6598720],
  ['olmo3', 5, 0, 'f16', 'on', 15761408, 7622720],
  ['olmo3', 4, 0, 'f16', 'off', 67502080, 16003136],
  ['olmo3', 0, 0, 'q8_0', 'on', 12075008, 7688256],
];
