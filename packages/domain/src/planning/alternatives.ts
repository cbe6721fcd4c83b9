import { candidatesOf } from './candidates.js';
import type { Alternative, LargestContext, PlanCandidate } from './plan.js';
import type { PlanGoal, PlanRequest } from './plan-request.js';
import { candidateUtility } from './ranking.js';
import { rankingLoss } from './ranking-loss.js';

/** A speed that is worth changing the level for. */
const CLEARLY_FASTER = 1.2;
/** A loss that is worth slowing down for. */
const CLEARLY_BETTER = 0.9;
/** A context that is worth mentioning. */
const CLEARLY_LONGER = 1.5;
/** Differences of divergence below this are not told apart. */
const SMALLEST_LOSS = 0.002;
const MOST = 2;

/**
 * What else is worth a thought: the most useful point with clearly less loss, the longest context at the chosen level,
 * and the most useful point that is clearly faster; at most two of them, in this order, none that nobody could use.
 */
export function alternativesTo(
  request: PlanRequest,
  chosen: PlanCandidate,
  acceptable: readonly PlanCandidate[],
  longest: readonly LargestContext[],
): readonly Alternative[] {
  const goal = request.goal ?? 'balanced';
  const speed = speedOf(chosen);
  const loss = rankingLoss(chosen);
  const sameContext = acceptable.filter(
    ({ shape, variant }) => shape.contextTokens >= chosen.shape.contextTokens && variant.status !== 'missing',
  );
  const better = mostUseful(
    sameContext.filter((other) => {
      const theirs = rankingLoss(other);
      return theirs < CLEARLY_BETTER * loss && loss - theirs > SMALLEST_LOSS && speedOf(other) >= SLOWEST_USEFUL;
    }),
    goal,
  );
  const faster = mostUseful(
    sameContext.filter((other) => speedOf(other) > CLEARLY_FASTER * speed && rankingLoss(other) < WORST_USEFUL),
    goal,
  );
  return [
    ...(better === null ? [] : [alternative('better', better)]),
    ...longerContext(request, chosen, longest),
    ...(faster === null ? [] : [alternative('faster', faster)]),
  ].slice(0, MOST);
}

/** Slower is no alternative to anything that runs well. */
const SLOWEST_USEFUL = 2;
/** A divergence with which models talk, but not well: about that of Q2_K. */
const WORST_USEFUL = 0.5;

const speedOf = ({ expected }: PlanCandidate): number => expected.decodeTokensPerSecond.value ?? 0;

const mostUseful = (candidates: readonly PlanCandidate[], goal: PlanGoal): PlanCandidate | null =>
  candidates.reduce<PlanCandidate | null>(
    (best, candidate) =>
      best === null || candidateUtility(candidate, goal) > candidateUtility(best, goal) ? candidate : best,
    null,
  );

function longerContext(
  request: PlanRequest,
  chosen: PlanCandidate,
  longest: readonly LargestContext[],
): readonly Alternative[] {
  const entries = longest.filter(({ level }) => level === chosen.level);
  const entry = entries.reduce<LargestContext | null>(
    (best, other) => ((other.contextTokens ?? 0) > (best?.contextTokens ?? 0) ? other : best),
    null,
  );
  const tokens = entry?.contextTokens ?? 0;
  if (entry === null || tokens < CLEARLY_LONGER * chosen.shape.contextTokens) return [];
  const { keyCacheType, valueCacheType, level } = entry;
  const [point] = candidatesOf({
    ...request,
    levels: [level],
    cacheTypes: [{ keyCacheType, valueCacheType }],
    contexts: [tokens],
    parallel: [chosen.shape.parallel],
    gpuLayers: undefined,
    expertLayersOnHost: undefined,
  });
  return point === undefined ? [] : [alternative('context', point)];
}

function alternative(kind: Alternative['kind'], { level, shape, fit, expected }: PlanCandidate): Alternative {
  const { keyCacheType, valueCacheType, contextTokens } = shape;
  const { decodeTokensPerSecond } = expected;
  return { kind, level, keyCacheType, valueCacheType, contextTokens, fit, decodeTokensPerSecond };
}
