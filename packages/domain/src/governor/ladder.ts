import type { OperatingPoint } from '../footprint/operating-point.js';
import { isSameQuantization } from '../quantization/quantization.js';
import type { BytesByDomain, MemoryDomain } from './memory-ledger.js';

/** An operating point of a model with what it costs and gives. */
export interface Rung {
  readonly point: OperatingPoint;
  /** Predicted, in each memory. */
  readonly bytes: BytesByDomain;
  /** Predicted or measured speed of one sequence; null when unknown. */
  readonly decodeTokensPerSecond: number | null;
  /** Mean KL divergence against full precision, of level and cache together; null when unknown. */
  readonly loss: number | null;
  /** Measured while it decoded; null when it never was. */
  readonly powerW: number | null;
}

/** A model's operating points, best first. */
export type Ladder = readonly Rung[];

/**
 * What a step to another point gives up, in the order in which it is given up: sequences at once, precision of the
 * cache, context, speed (experts or layers on the host), and last the level itself.
 */
export const SACRIFICES = ['parallel', 'cache', 'context', 'placement', 'level'] as const;

/** One of the things that a step down gives up. */
export type Sacrifice = (typeof SACRIFICES)[number];

/**
 * The rungs that no other rung beats: none takes at most as many bytes in every memory and is at least as good in
 * loss, speed, context and sequences, and better in one of them. Best first: by loss, then by speed. What is unknown
 * counts as worst.
 */
export function ladderOf<Point extends Rung>(rungs: readonly Point[]): readonly Point[] {
  const domains = [...new Set(rungs.flatMap(({ bytes }) => Object.keys(bytes)))].sort();
  const scored = rungs.map((rung, index) => ({ rung, index, costs: costsOf(rung, domains) }));
  return scored
    .filter((one) => !scored.some((other) => beats(other, one)))
    .sort((a, b) => compare(a.costs, b.costs) || a.index - b.index)
    .map(({ rung }) => rung);
}

interface Scored {
  readonly index: number;
  /** Smaller is better, each on its own. */
  readonly costs: readonly number[];
}

function costsOf({ point, bytes, decodeTokensPerSecond, loss }: Rung, domains: readonly MemoryDomain[]): number[] {
  return [
    loss ?? Number.POSITIVE_INFINITY,
    -(decodeTokensPerSecond ?? 0),
    -point.contextTokens,
    -point.parallel,
    ...domains.map((domain) => bytes[domain] ?? 0),
  ];
}

/** Of two equals the earlier one wins. */
function beats(a: Scored, b: Scored): boolean {
  if (a.index === b.index || a.costs.some((cost, index) => cost > (b.costs[index] ?? cost))) return false;
  return a.costs.some((cost, index) => cost < (b.costs[index] ?? cost)) || a.index < b.index;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, cost] of a.entries()) {
    const other = b[index] ?? cost;
    if (cost !== other) return cost - other;
  }
  return 0;
}

/** The gravest thing that a step gives up; null when it gives up nothing. */
export function sacrificeOf(from: Rung, to: Rung): Sacrifice | null {
  const given: Readonly<Record<Sacrifice, boolean>> = {
    level: (to.loss ?? Number.POSITIVE_INFINITY) > (from.loss ?? Number.POSITIVE_INFINITY) && !sameFile(from, to),
    placement: (to.decodeTokensPerSecond ?? 0) < (from.decodeTokensPerSecond ?? 0) && !samePlacement(from, to),
    context: to.point.contextTokens < from.point.contextTokens,
    cache: !sameCache(from, to) && (to.loss ?? 0) > (from.loss ?? 0),
    parallel: to.point.parallel < from.point.parallel,
  };
  return [...SACRIFICES].reverse().find((sacrifice) => given[sacrifice]) ?? null;
}

const sameFile = (a: Rung, b: Rung): boolean => isSameQuantization(a.point.quantization, b.point.quantization);

const samePlacement = ({ point: { placement: a } }: Rung, { point: { placement: b } }: Rung): boolean =>
  a.gpuLayers === b.gpuLayers &&
  a.expertLayersOnHost === b.expertLayersOnHost &&
  a.split.length === b.split.length &&
  a.split.every((share, index) => share === b.split[index]);

const sameCache = (a: Rung, b: Rung): boolean =>
  a.point.keyCacheType === b.point.keyCacheType && a.point.valueCacheType === b.point.valueCacheType;
