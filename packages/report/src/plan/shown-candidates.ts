import type { Alternative, Fit, Plan, PlanCandidate } from '@plimsoll/domain';

/** The alternative that a candidate is, or null. */
export function alternativeAt({ recommended }: Plan, { level, shape }: PlanCandidate): Alternative | null {
  return (
    recommended?.alternatives.find(
      (other) =>
        other.level === level &&
        other.contextTokens === shape.contextTokens &&
        other.keyCacheType === shape.keyCacheType &&
        other.valueCacheType === shape.valueCacheType,
    ) ?? null
  );
}

/** Of each level the candidate with the cache that suits it best; layers that were asked for are all shown. */
export function shownCandidates(plan: Plan, byLayers: boolean): readonly PlanCandidate[] {
  const best = new Map<string, PlanCandidate>();
  for (const candidate of plan.candidates) {
    const { level, shape } = candidate;
    const { contextTokens, parallel, placement } = shape;
    const group = JSON.stringify([level, contextTokens, parallel, byLayers ? placement.gpuLayers : null]);
    const rival = best.get(group);
    if (rival === undefined || suits(plan, candidate, rival)) best.set(group, candidate);
  }
  return [...best.values()];
}

const FITS: readonly Fit[] = ['none', 'partial', 'full'];

/** What was recommended comes first, then what is an alternative, what fits better, and what is faster in part. */
function suits(plan: Plan, a: PlanCandidate, b: PlanCandidate): boolean {
  const rank = (candidate: PlanCandidate): number =>
    candidate === plan.recommended?.candidate ? 2 : alternativeAt(plan, candidate) === null ? 0 : 1;
  const [mine, theirs] = [rank(a), rank(b)];
  if (mine !== theirs) return mine > theirs;
  const fits = FITS.indexOf(a.fit) - FITS.indexOf(b.fit);
  if (fits !== 0) return fits > 0;
  const speed = ({ expected }: PlanCandidate): number => expected.decodeTokensPerSecond.value ?? 0;
  return a.fit === 'full' ? false : a.fit === 'partial' ? speed(a) > speed(b) : a.shortBytes < b.shortBytes;
}
