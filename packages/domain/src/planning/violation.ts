import type { PlanCandidate } from './plan.js';
import type { PlanConstraints } from './plan-request.js';
import type { Violation } from './reason.js';

/** Why a candidate cannot be recommended; null when it can. */
export function violation(candidate: PlanCandidate, constraints: PlanConstraints): Violation | null {
  const { shape, expected, fit } = candidate;
  const { quality, decodeTokensPerSecond } = expected;
  const { minContextTokens, minDecodeTokensPerSecond, maxPerplexityIncrease, maxMeanKld, minSameTopToken } =
    constraints;
  const speed = decodeTokensPerSecond.value;
  if (fit === 'none') return 'does-not-fit';
  if (fit === 'partial' && constraints.allowPartial === false) return 'layers-on-host';
  if (minContextTokens !== undefined && shape.contextTokens < minContextTokens) return 'context-too-short';
  if (minDecodeTokensPerSecond !== undefined && speed !== null && speed < minDecodeTokensPerSecond) return 'too-slow';
  const tooLossy =
    above(quality.perplexityIncrease, maxPerplexityIncrease) ||
    above(quality.meanKld, maxMeanKld) ||
    (minSameTopToken !== undefined && (quality.sameTopToken === null || quality.sameTopToken < minSameTopToken));
  return tooLossy ? 'too-lossy' : null;
}

const above = (value: number | null, limit: number | undefined): boolean =>
  limit !== undefined && (value === null || value > limit);
