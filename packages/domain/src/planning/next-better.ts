import type { KvCacheType } from '../quantization/kv-cache-type.js';
import { isPlimsollError } from '../errors/plimsoll-error.js';
import { baseShape } from './candidates.js';
import { fitOf } from './fit.js';
import { largestContext } from './largest-context.js';
import type { NextBetter, PlanCandidate } from './plan.js';
import type { CacheTypes, PlanRequest } from './plan-request.js';
import { offloadableLayers, splitByBudget } from './placement.js';
import { rankingLoss } from './ranking-loss.js';
import type { FitRemedy } from './reason.js';

/** Caches that are offered as a way out, in this order. */
const SMALLER_CACHES: readonly KvCacheType[] = ['q8_0', 'q4_0'];

/** A context shorter than this is no help. */
const SHORTEST_USEFUL_CONTEXT = 1024;

/**
 * The next better level than the recommended candidate that does not lie whole on the devices, how much it lacks, and
 * what would make it fit. Of a recommended candidate that is split it is that level itself. Null when nothing better
 * was asked about.
 */
export function nextBetter(
  request: PlanRequest,
  candidates: readonly PlanCandidate[],
  chosen: PlanCandidate,
): NextBetter | null {
  const target = chosen.fit === 'partial' ? chosen : nextLevel(candidates, chosen);
  if (target === null) return null;
  const { level, shortBytes } = target;
  const between = candidates.filter(
    (candidate) => rankingLoss(candidate) < rankingLoss(chosen) && rankingLoss(candidate) > rankingLoss(target),
  );
  const skipsFitting = between.some((candidate) => candidate.level !== chosen.level && candidate.fit === 'full');
  return { level, skipsFitting, shortBytes, remedies: remediesFor(request, target, chosen) };
}

/** The least good of the better levels that do not fit whole, in the chosen cache, context and sequences. */
function nextLevel(candidates: readonly PlanCandidate[], chosen: PlanCandidate): PlanCandidate | null {
  const better = candidates.filter(
    (candidate) =>
      isSameShape(candidate, chosen) && rankingLoss(candidate) < rankingLoss(chosen) && candidate.fit !== 'full',
  );
  return (
    better.sort((a, b) => rankingLoss(b) - rankingLoss(a) || a.footprint.totalBytes - b.footprint.totalBytes)[0] ?? null
  );
}

function isSameShape({ shape: a }: PlanCandidate, { shape: b }: PlanCandidate): boolean {
  return (
    a.keyCacheType === b.keyCacheType &&
    a.valueCacheType === b.valueCacheType &&
    a.contextTokens === b.contextTokens &&
    a.parallel === b.parallel
  );
}

function remediesFor(request: PlanRequest, target: PlanCandidate, chosen: PlanCandidate): readonly FitRemedy[] {
  const { shape, level } = target;
  const remedies: FitRemedy[] = [];
  const smaller = SMALLER_CACHES.filter((type) => isSmaller(type, shape.keyCacheType)).find((type) =>
    fitsWhole(request, target, { keyCacheType: type, valueCacheType: type }, shape.parallel),
  );
  if (smaller !== undefined && request.flashAttention !== 'off') {
    remedies.push({ kind: 'kv-cache', cacheType: smaller });
  }
  const longest = largestContext(request, level, shape, shape.parallel).contextTokens;
  if (longest !== null && longest >= SHORTEST_USEFUL_CONTEXT && longest < shape.contextTokens) {
    remedies.push({ kind: 'context', contextTokens: longest });
  }
  if (shape.parallel > 1 && fitsWhole(request, target, shape, 1)) {
    remedies.push({ kind: 'parallel' });
  }
  if (target.fit === 'partial' && target !== chosen) remedies.push(partialRemedy(request, target));
  remedies.push({ kind: 'memory', bytes: target.shortBytes });
  return remedies;
}

function partialRemedy(request: PlanRequest, target: PlanCandidate): FitRemedy {
  const { gpuLayers, expertLayersOnHost } = target.shape.placement;
  return {
    kind: 'partial',
    gpuLayers,
    offloadableLayers: offloadableLayers(request),
    expertsOnHost: expertLayersOnHost > 0,
    tokensPerSecond: target.expected.decodeTokensPerSecond.value,
  };
}

const SIZES: readonly KvCacheType[] = ['f32', 'bf16', 'f16', 'q8_0', 'q5_1', 'q5_0', 'q4_1', 'iq4_nl', 'q4_0'];
const isSmaller = (a: KvCacheType, b: KvCacheType): boolean => SIZES.indexOf(a) > SIZES.indexOf(b);

function fitsWhole(request: PlanRequest, target: PlanCandidate, cache: CacheTypes, parallel: number): boolean {
  const split = splitByBudget(request.budget);
  const placement = { gpuLayers: split.length === 0 ? 0 : offloadableLayers(request), split, expertLayersOnHost: 0 };
  const shape = { ...baseShape(request, cache, target.shape.contextTokens, parallel), placement };
  try {
    const fit = fitOf(request.footprint(target.level, shape), request.budget, request.correction ?? null);
    return fit.deviceShortBytes + fit.hostShortBytes === 0;
  } catch (error) {
    // A cache that the model cannot have is no way out.
    if (isPlimsollError(error) && error.code === 'invalid-input') return false;
    throw error;
  }
}
