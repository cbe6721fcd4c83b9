import type { PlanCandidate } from './plan.js';
import { orderingKld, priorQuality } from '../prediction/quality-prior.js';

/**
 * What a cache of unpublished cost is taken to add when candidates are put in order: enough that a known one of the
 * same level always comes first, and little enough that the level's own loss still decides among such caches.
 */
const UNMEASURED_CACHE_LOSS = 0.05;

/**
 * The mean KL divergence by which candidates are put in order. It is what is expected where that is known; for a cache
 * of unknown cost an assumption that is used for the order alone and never shown; infinite for a level of unknown cost.
 */
export function rankingLoss({ level, expected }: Pick<PlanCandidate, 'level' | 'expected'>): number {
  const known = orderingKld(expected.quality);
  if (known !== null) return known;
  const weights = priorQuality(level).meanKld;
  return weights === null ? Number.POSITIVE_INFINITY : weights + UNMEASURED_CACHE_LOSS;
}
