import type { PlanCandidate } from './plan.js';
import type { PlanConstraints, PlanGoal } from './plan-request.js';
import { rankingLoss } from './ranking-loss.js';

/** About as fast as people read: below, waiting is felt. */
export const READABLE_TOKENS_PER_SECOND = 5;

/** Beyond this more speed is hardly felt, and quality is the better buy. */
const COMFORTABLE_TOKENS_PER_SECOND = 60;

/** Mean KL divergence above which the loss shows in use: about that of the 3-bit levels. */
const NOTICEABLE_KLD = 0.1;

/**
 * What one nat of divergence is worth in natural logarithms of speed. With 5 the published table's best trades are
 * Q4_K_M and Q5_K_M when memory bandwidth decides, which is where practice has settled.
 */
const SPEED_PER_KLD = 5;

/** What decides between candidates. */
export interface RankingRules {
  readonly goal: PlanGoal;
  readonly constraints: PlanConstraints;
  readonly wantedContextTokens: number;
}

/** Why a candidate cannot be recommended, in words; null when it can. */
export function violation(candidate: PlanCandidate, constraints: PlanConstraints): string | null {
  const { shape, expected, fit } = candidate;
  const { quality, decodeTokensPerSecond } = expected;
  const { minContextTokens, minDecodeTokensPerSecond, maxPerplexityIncrease, maxMeanKld, minSameTopToken } =
    constraints;
  const speed = decodeTokensPerSecond.value;
  if (fit === 'none') return 'it does not fit';
  if (fit === 'partial' && constraints.allowPartial === false) return 'layers would stay on the host';
  if (minContextTokens !== undefined && shape.contextTokens < minContextTokens) return 'its context is too short';
  if (minDecodeTokensPerSecond !== undefined && speed !== null && speed < minDecodeTokensPerSecond) {
    return 'it is too slow';
  }
  const tooLossy =
    above(quality.perplexityIncrease, maxPerplexityIncrease) ||
    above(quality.meanKld, maxMeanKld) ||
    (minSameTopToken !== undefined && (quality.sameTopToken === null || quality.sameTopToken < minSameTopToken));
  return tooLossy ? 'its quality is too low or not known' : null;
}

const above = (value: number | null, limit: number | undefined): boolean =>
  limit !== undefined && (value === null || value > limit);

/** Best first, of those that meet the constraints. */
export function ranked(candidates: readonly PlanCandidate[], rules: RankingRules): readonly PlanCandidate[] {
  return candidates
    .filter((candidate) => violation(candidate, rules.constraints) === null)
    .map((candidate) => ({ candidate, keys: keysOf(candidate, rules) }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ candidate }) => candidate);
}

/** Smaller is better, key by key. */
function keysOf(candidate: PlanCandidate, { goal, wantedContextTokens }: RankingRules): readonly number[] {
  const { shape, expected, fit, footprint } = candidate;
  const kld = rankingLoss(candidate);
  const speed = expected.decodeTokensPerSecond.value;
  // Bytes stand for time where the speed is not known.
  const time = speed === null ? footprint.totalBytes : 1 / speed;
  const slow = speed !== null && speed < READABLE_TOKENS_PER_SECOND;
  const context = Math.max(0, wantedContextTokens - shape.contextTokens);
  const spare = Math.max(0, shape.contextTokens - wantedContextTokens);
  switch (goal) {
    case 'quality': {
      const rank = tier(fit === 'full', kld, slow);
      // Where nothing is good, whole and fast enough, the best quality alone would be the slowest of all.
      return [rank, context, rank < 3 ? kld : -utility(kld, time, speed), -shape.parallel, time, spare];
    }
    case 'speed':
      return [kld > NOTICEABLE_KLD ? 1 : 0, context, time, kld, -shape.parallel, spare];
    case 'balanced':
      return [kld === Number.POSITIVE_INFINITY ? 1 : 0, context, -utility(kld, time, speed), -shape.parallel, spare];
  }
}

/** For quality first: what is good, whole and fast enough; then what is good but split; then what is whole. */
function tier(full: boolean, kld: number, slow: boolean): number {
  if (kld <= NOTICEABLE_KLD && !slow) return full ? 0 : 1;
  if (full && kld !== Number.POSITIVE_INFINITY && !slow) return 2;
  return full ? 3 : 4;
}

function utility(kld: number, time: number, speed: number | null): number {
  const gain = speed === null ? -Math.log(time) : Math.log(Math.min(speed, COMFORTABLE_TOKENS_PER_SECOND));
  return Number.isFinite(kld) ? gain - SPEED_PER_KLD * kld : Number.NEGATIVE_INFINITY;
}

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
