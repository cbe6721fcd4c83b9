import type { MemoryUse } from '../footprint/footprint.js';
import type { PlanCandidate } from '../planning/plan.js';
import { orderingKld, priorKvCacheKld } from '../prediction/quality-prior.js';
import { quantizationNamed } from '../quantization/quantization.js';
import type { Rung } from './ladder.js';
import type { BytesByDomain } from './memory-ledger.js';
import { HOST_DOMAIN } from './observe.js';

/** A rung, and the name of the variant that it loads. */
export interface PlannedRung extends Rung {
  readonly variant: string;
  /** Of its bytes those that a model gives up with its cache: the cache itself, and scratch memory. */
  readonly cacheBytes: BytesByDomain;
}

/**
 * The candidates of a plan as points that a model can be served at: those that fit and whose variant is here.
 * `devices` are the ids of the plan's devices, in its order.
 */
export function rungsOfPlan(candidates: readonly PlanCandidate[], devices: readonly string[]): readonly PlannedRung[] {
  return candidates
    .filter(({ fit, variant }) => fit !== 'none' && variant.status === 'local')
    .map((candidate) => ({
      variant: candidate.variant.name,
      point: { quantization: quantizationNamed(candidate.level), ...candidate.shape },
      bytes: bytesOf(candidate, devices),
      cacheBytes: cacheBytesOf(candidate, devices),
      decodeTokensPerSecond: candidate.expected.decodeTokensPerSecond.value,
      loss: lossOf(candidate),
      powerW: null,
    }));
}

function bytesOf({ footprint, overheadBytes }: PlanCandidate, devices: readonly string[]): BytesByDomain {
  const bytes: Record<string, number> = {};
  footprint.devices.forEach(({ totalBytes }, index) => {
    const id = devices[index];
    // The overhead is the driver's, on the first device.
    if (id !== undefined) bytes[id] = totalBytes + (index === 0 ? overheadBytes : 0);
  });
  return { ...bytes, [HOST_DOMAIN]: footprint.host.totalBytes };
}

function cacheBytesOf({ footprint }: PlanCandidate, devices: readonly string[]): BytesByDomain {
  const bytes: Record<string, number> = { [HOST_DOMAIN]: cacheOf(footprint.host) };
  footprint.devices.forEach((use, index) => {
    const id = devices[index];
    if (id !== undefined) bytes[id] = cacheOf(use);
  });
  return bytes;
}

const cacheOf = ({ kvCacheBytes, recurrentStateBytes, computeBytes }: MemoryUse): number =>
  kvCacheBytes + recurrentStateBytes + computeBytes;

/** Mean KL divergence of level and cache together, as the plan expects it; null when either is unknown. */
function lossOf({ expected, shape }: PlanCandidate): number | null {
  const cache = [shape.keyCacheType, shape.valueCacheType].map(priorKvCacheKld);
  const parts = [orderingKld(expected.quality), ...cache.map((kld) => (kld === null ? null : kld / 2))];
  return parts.some((part) => part === null) ? null : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}
