import type { ProcessorKind } from '../devices/processor-kind.js';
import type { Footprint, MemoryUse } from '../footprint/footprint.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import {
  ASSUMED_SPREAD,
  EXPERT_HOP_SECONDS,
  MEASURED_BANDWIDTH_SHARE,
  PRIOR_SPREAD,
  TRANSFER_BYTES_PER_SECOND,
  coreBytesPerSecond,
  decodeSpread,
  efficiencyOf,
  prefillFactor,
  prefillSpread,
  unpackingFactor,
} from './efficiency.js';
import type { Prediction } from './prediction.js';
import { UNKNOWN } from './prediction.js';

/** How fast one memory and its processor are. Null is unknown. */
export interface ProcessorSpeed {
  /** Peak, bytes per second; what was read in a second where `basis` is `measured`. */
  readonly bandwidthBytesPerSecond: number | null;
  /** Peak half-precision throughput in 1e12 operations per second. */
  readonly fp16Tflops: number | null;
  /** `other` when absent. */
  readonly kind?: ProcessorKind | undefined;
  /** Where the bandwidth comes from: a data sheet when absent. */
  readonly basis?: 'data-sheet' | 'measured' | 'assumed' | undefined;
  /** Cores of a processor; where they are few, they and not the memory bound decoding. Not counted when absent. */
  readonly cores?: number | undefined;
}

/** Devices in the order of the placement, and the host. */
export interface MachineSpeed {
  readonly devices: readonly ProcessorSpeed[];
  readonly host: ProcessorSpeed;
}

/** Something of each place that a model lies in: devices in the order of the placement, and the host. */
export interface ByPlace {
  readonly devices: readonly number[];
  readonly host: number;
}

/** One operating point whose speed is asked for. */
export interface SpeedQuestion {
  readonly level: VariantLevel;
  readonly footprint: Footprint;
  /** Bytes of an input embedding on the host: of it a token reads one row only. */
  readonly inputEmbeddingBytes: number;
  /** Layers that each place computes. */
  readonly layers: ByPlace;
  /** Bytes of experts in each place; null for dense models. */
  readonly expertBytes: ByPlace | null;
  /** Experts used per token as a share of all experts; 1 for dense models. */
  readonly expertsUsedShare: number;
  /** Layers of devices whose experts stay on the host. */
  readonly expertLayersOnHost: number;
  /** Cells of the cache that the footprint counts: context × parallel. */
  readonly cacheTokens: number;
  /** Tokens in the cache of the sequence that is decoded. */
  readonly depthTokens: number;
  /** Tokens that are computed at once in prefill. */
  readonly microBatchTokens: number;
  /** Parameters that one token multiplies with, or null. */
  readonly activeParameters: number | null;
  readonly machine: MachineSpeed;
}

/**
 * Decode speed of one sequence in tokens per second: each token reads the active weights and the filled part of the
 * cache once, device after device, each at a share of its bandwidth, and every layer costs a fixed time besides.
 * Unknown when a memory that holds something has no known bandwidth.
 */
export function priorDecodeSpeed(question: SpeedQuestion): Prediction {
  const { footprint, machine, layers, expertBytes } = question;
  let seconds = question.expertLayersOnHost * EXPERT_HOP_SECONDS;
  // The spread of each place counts as far as the time rests on it.
  let spreadSeconds = seconds * PRIOR_SPREAD;
  for (const [index, use] of footprint.devices.entries()) {
    const bytes = activeBytes(question, use.weightsBytes, expertBytes?.devices[index] ?? 0) + cacheBytes(question, use);
    const time = stepTime(bytes, layers.devices[index] ?? 0, machine.devices[index] ?? NOTHING_KNOWN, question.level);
    if (time === null) return UNKNOWN;
    seconds += time;
    spreadSeconds += time * spreadOf(machine.devices[index]);
  }
  const { host } = footprint;
  const weights = Math.max(0, host.weightsBytes - question.inputEmbeddingBytes);
  const hostBytes = activeBytes(question, weights, expertBytes?.host ?? 0) + cacheBytes(question, host);
  const hostTime = stepTime(hostBytes, layers.host, machine.host, question.level);
  if (hostTime === null || seconds + hostTime === 0) return UNKNOWN;
  spreadSeconds += hostTime * spreadOf(machine.host);
  const relativeSpread = spreadSeconds / (seconds + hostTime);
  return { value: 1 / (seconds + hostTime), source: 'prior', relativeSpread, observations: 0 };
}

/**
 * Prefill speed in tokens per second: two operations per active parameter, at a share of each device's throughput, the
 * devices taking turns. Matrices on the host are sent to the first device once per batch; without a device the host
 * computes. Unknown when a throughput is.
 */
export function priorPrefillSpeed(question: SpeedQuestion): Prediction {
  const { footprint, machine, activeParameters, layers, level } = question;
  if (activeParameters === null || activeParameters <= 0) return UNKNOWN;
  const processors = footprint.devices.length === 0 ? [machine.host] : machine.devices;
  const shares = footprint.devices.length === 0 ? [1] : layers.devices.map((count) => count);
  const all = shares.reduce((sum, count) => sum + count, 0);
  let seconds = 0;
  let relativeSpread = 0;
  for (const [index, processor] of processors.slice(0, shares.length).entries()) {
    // Layers of the host are computed by the first device too, once their matrices are there.
    const share = all === 0 ? (index === 0 ? 1 : 0) : (shares[index] ?? 0) / all;
    if (share === 0) continue;
    if (processor.fp16Tflops === null) return UNKNOWN;
    const operations = processor.fp16Tflops * 1e12 * efficiencyOf(processor.kind).computeShare * prefillFactor(level);
    seconds += (2 * activeParameters * share) / operations;
    relativeSpread = Math.max(relativeSpread, prefillSpread(processor.kind));
  }
  if (seconds === 0) return UNKNOWN;
  if (footprint.devices.length > 0) {
    const sent = Math.max(0, footprint.host.weightsBytes - question.inputEmbeddingBytes);
    seconds += sent / TRANSFER_BYTES_PER_SECOND / question.microBatchTokens;
  }
  return { value: 1 / seconds, source: 'prior', relativeSpread, observations: 0 };
}

const spreadOf = (processor: ProcessorSpeed | undefined): number =>
  processor?.basis === 'assumed' ? ASSUMED_SPREAD : decodeSpread(processor?.kind);

const NOTHING_KNOWN: ProcessorSpeed = { bandwidthBytesPerSecond: null, fp16Tflops: null };

/** Of experts only those in use are read. */
const activeBytes = ({ expertsUsedShare }: SpeedQuestion, weightsBytes: number, expertBytes: number): number =>
  weightsBytes - expertBytes * (1 - expertsUsedShare);

/** Of the cache the filled part of one sequence; the recurrent state whole. */
function cacheBytes(
  { cacheTokens, depthTokens }: SpeedQuestion,
  use: Pick<MemoryUse, 'kvCacheBytes' | 'recurrentStateBytes'>,
): number {
  const filled = cacheTokens > 0 ? Math.min(1, depthTokens / cacheTokens) : 0;
  return use.kvCacheBytes * filled + use.recurrentStateBytes;
}

function stepTime(
  bytes: number,
  layers: number,
  { bandwidthBytesPerSecond, kind, basis, cores }: ProcessorSpeed,
  level: VariantLevel,
): number | null {
  if (bytes <= 0) return 0;
  if (bandwidthBytesPerSecond === null || bandwidthBytesPerSecond <= 0) return null;
  const { bandwidthShare, layerSeconds } = efficiencyOf(kind);
  const share = basis === 'measured' ? MEASURED_BANDWIDTH_SHARE : bandwidthShare;
  const unpacking = kind === 'processor' ? unpackingFactor(level) : 1;
  const unpacked = cores === undefined ? Infinity : cores * coreBytesPerSecond(level);
  return bytes / Math.min(bandwidthBytesPerSecond * share * unpacking, unpacked) + layers * layerSeconds;
}
