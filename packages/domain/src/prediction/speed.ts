import type { Footprint } from '../footprint/footprint.js';
import type { Level } from '../quantization/level.js';
import {
  COMPUTE_EFFICIENCY,
  HOST_BANDWIDTH_EFFICIENCY,
  PREFILL_SPREAD,
  PRIOR_SPREAD,
  bandwidthEfficiency,
} from './efficiency.js';
import type { Prediction } from './prediction.js';
import { UNKNOWN } from './prediction.js';

/** How fast one memory and its processor are. Null is unknown. */
export interface ProcessorSpeed {
  /** Peak, bytes per second. */
  readonly bandwidthBytesPerSecond: number | null;
  /** Peak half-precision throughput in 1e12 operations per second. */
  readonly fp16Tflops: number | null;
}

/** Devices in the order of the placement, and the host. */
export interface MachineSpeed {
  readonly devices: readonly ProcessorSpeed[];
  readonly host: ProcessorSpeed;
}

/** What about a model decides how many of its bytes a token touches. */
export interface ActiveWeights {
  /** Weights of all experts as a share of all weights; 0 for dense models. */
  readonly expertShare: number;
  /** Experts used per token as a share of all experts; 1 for dense models. */
  readonly expertsUsedShare: number;
}

/** A dense model: each token reads every weight. */
export const DENSE: ActiveWeights = { expertShare: 0, expertsUsedShare: 1 };

/** One operating point whose speed is asked for. */
export interface SpeedQuestion {
  readonly level: Level;
  readonly footprint: Footprint;
  /** Bytes of an input embedding on the host: of it a token reads one row only. */
  readonly inputEmbeddingBytes: number;
  readonly active: ActiveWeights;
  readonly expertsOnHost: boolean;
  /** Cells of the cache that the footprint counts: context × parallel. */
  readonly cacheTokens: number;
  /** Tokens in the cache of the sequence that is decoded. */
  readonly depthTokens: number;
  /** Parameters that one token multiplies with, or null. */
  readonly activeParameters: number | null;
  readonly machine: MachineSpeed;
}

/**
 * Decode speed of one sequence in tokens per second by the roofline: each token reads the active weights and the
 * filled part of the cache once, device after device, each at a share of its bandwidth. Unknown when a memory that
 * holds something has no known bandwidth.
 */
export function priorDecodeSpeed(question: SpeedQuestion): Prediction {
  const { footprint, machine, level } = question;
  const efficiency = bandwidthEfficiency(level);
  let seconds = 0;
  for (const [index, use] of footprint.devices.entries()) {
    const bytes = activeBytes(question, use.weightsBytes, false) + cacheBytes(question, use);
    const time = readTime(bytes, machine.devices[index]?.bandwidthBytesPerSecond ?? null, efficiency);
    if (time === null) return UNKNOWN;
    seconds += time;
  }
  const hostWeights = Math.max(0, footprint.host.weightsBytes - question.inputEmbeddingBytes);
  const hostBytes = activeBytes(question, hostWeights, true) + cacheBytes(question, footprint.host);
  const hostTime = readTime(hostBytes, machine.host.bandwidthBytesPerSecond, HOST_BANDWIDTH_EFFICIENCY);
  if (hostTime === null || seconds + hostTime === 0) return UNKNOWN;
  return { value: 1 / (seconds + hostTime), source: 'prior', relativeSpread: PRIOR_SPREAD, observations: 0 };
}

/**
 * Prefill speed in tokens per second: two operations per active parameter, at a share of the slowest device's
 * throughput. Unknown when a part of the layers is on the host: engines then differ too much in what they do.
 */
export function priorPrefillSpeed(question: SpeedQuestion): Prediction {
  const { footprint, machine, activeParameters } = question;
  const onHost = footprint.host.weightsBytes > question.inputEmbeddingBytes;
  if (activeParameters === null || activeParameters <= 0) return UNKNOWN;
  const flops = onHost
    ? [footprint.devices.length === 0 ? machine.host.fp16Tflops : null]
    : footprint.devices.map((_, index) => machine.devices[index]?.fp16Tflops ?? null);
  // Layers are split, not operations: the devices take turns.
  const slowest = flops.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)), Number.POSITIVE_INFINITY);
  if (slowest === null || !Number.isFinite(slowest)) return UNKNOWN;
  const value = (slowest * 1e12 * COMPUTE_EFFICIENCY) / (2 * activeParameters);
  return { value, source: 'prior', relativeSpread: PREFILL_SPREAD, observations: 0 };
}

function activeBytes(question: SpeedQuestion, weightsBytes: number, host: boolean): number {
  const { expertShare, expertsUsedShare } = question.active;
  if (question.expertsOnHost) return host ? weightsBytes * expertsUsedShare : weightsBytes;
  return weightsBytes * (1 - expertShare + expertShare * expertsUsedShare);
}

/** Of the cache the filled part of one sequence; the recurrent state whole. */
function cacheBytes(
  { cacheTokens, depthTokens }: SpeedQuestion,
  use: { readonly kvCacheBytes: number; readonly recurrentStateBytes: number },
): number {
  const filled = cacheTokens > 0 ? Math.min(1, depthTokens / cacheTokens) : 0;
  return use.kvCacheBytes * filled + use.recurrentStateBytes;
}

function readTime(bytes: number, bandwidth: number | null, efficiency: number): number | null {
  if (bytes <= 0) return 0;
  return bandwidth === null || bandwidth <= 0 ? null : bytes / (bandwidth * efficiency);
}
