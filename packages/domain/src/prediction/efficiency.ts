import { LEVELS } from '../quantization/level.js';
import type { Level } from '../quantization/level.js';

/**
 * Bytes read per token (tensors less the input embedding, 1e9 bytes) and decode speed of Llama-3.1-8B on one and the
 * same GPU. Their product, against that of F16, is how much less of the bandwidth a level reaches.
 */
const ONE_GPU: Readonly<Partial<Record<Level, readonly [readGB: number, tokensPerSecond: number]>>> = {
  F16: [15.01, 29.2],
  Q8_0: [7.975, 50.9],
  Q6_K: [6.157, 58.7],
  Q5_K_M: [5.364, 67.2],
  Q4_K_M: [4.617, 71.9],
};

const F16_THROUGHPUT = 15.01 * 29.2;

/** Of levels that were not measured: the mean of the three K levels above. */
const OTHER_QUANTIZED = 0.8;

/**
 * Share of peak bandwidth that unquantized weights reach on a GPU. With the levels' own factors it puts them between
 * 0.58 and 0.76, around the 0.55 to 0.7 that are usual.
 */
const FULL_PRECISION_EFFICIENCY = 0.76;

/** How far single devices stray from the priors here, as a share. */
export const PRIOR_SPREAD = 0.18;

/** Share of a GPU's peak bandwidth that decoding at `level` is expected to reach. */
export function bandwidthEfficiency(level: Level): number {
  const measured = ONE_GPU[level];
  if (measured !== undefined) return (FULL_PRECISION_EFFICIENCY * measured[0] * measured[1]) / F16_THROUGHPUT;
  const { baseType } = LEVELS[level];
  const full = baseType === 'F32' || baseType === 'F16' || baseType === 'BF16';
  return FULL_PRECISION_EFFICIENCY * (full ? 1 : OTHER_QUANTIZED);
}

/** Share of a processor's peak bandwidth that decoding reaches on the host. */
export const HOST_BANDWIDTH_EFFICIENCY = 0.6;

/** Share of peak half-precision throughput that prefill reaches; between a sixth and nine tenths have been seen. */
export const COMPUTE_EFFICIENCY = 0.45;

/** How far prefill strays from its prior. */
export const PREFILL_SPREAD = 0.5;
