import type { PlanCandidate } from './plan.js';
import type { PlanConstraints, PlanGoal } from './plan-request.js';
import { rankingLoss } from './ranking-loss.js';
import { utility } from './utility.js';
import { violation } from './violation.js';

/** About as fast as people read: below, waiting is felt. */
export const READABLE_TOKENS_PER_SECOND = 5;

/** Bytes per second that stand in where no speed is known, for the order among such points alone. */
const NOMINAL_BYTES_PER_SECOND = 200e9;

/** What decides between candidates. */
export interface RankingRules {
  readonly goal: PlanGoal;
  readonly constraints: PlanConstraints;
  readonly wantedContextTokens: number;
}

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
  const { shape, expected, fit, footprint, variant } = candidate;
  const loss = rankingLoss(candidate);
  const speed = expected.decodeTokensPerSecond.value;
  return [
    variant.status === 'missing' ? 1 : 0,
    loss === Number.POSITIVE_INFINITY ? 1 : 0,
    Math.max(0, wantedContextTokens - shape.contextTokens),
    speed === null ? (fit === 'full' ? 1 : 2) : 0,
    -candidateUtility(candidate, goal),
    loss,
    -shape.parallel,
    Math.max(0, shape.contextTokens - wantedContextTokens),
    footprint.totalBytes,
  ];
}

/** What a candidate is worth to a goal; where no speed is known, as if memory of a usual speed held it. */
export function candidateUtility(candidate: PlanCandidate, goal: PlanGoal): number {
  const { expected, footprint, fit } = candidate;
  const loss = rankingLoss(candidate);
  const speed = expected.decodeTokensPerSecond.value ?? NOMINAL_BYTES_PER_SECOND / Math.max(1, footprint.totalBytes);
  return utility(Number.isFinite(loss) ? loss : UNKNOWN_LOSS, speed, goal, fit === 'partial');
}

/** Levels of unknown quality are put in order by speed alone. */
const UNKNOWN_LOSS = 1;

function compareKeys(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
