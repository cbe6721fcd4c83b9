import type { PlanCandidate } from './plan.js';
import { rankingLoss } from './ranking-loss.js';

interface Point {
  readonly candidate: PlanCandidate;
  readonly loss: number;
  readonly speed: number;
  readonly context: number;
}

/**
 * Marks the candidates that fit and that no other one beats: none has at most its divergence, at least its speed and
 * at least its context, and is better in one of them. Where a speed is unknown, fewer bytes stand for faster. A
 * candidate at a level of unknown quality cannot be judged and is not marked.
 */
export function markPareto(candidates: readonly PlanCandidate[]): readonly PlanCandidate[] {
  const fitting = candidates.filter((candidate) => candidate.fit !== 'none' && Number.isFinite(rankingLoss(candidate)));
  const bySpeed = fitting.every(({ expected }) => expected.decodeTokensPerSecond.value !== null);
  const points = fitting
    .map((candidate): Point => {
      const { expected, shape, footprint } = candidate;
      return {
        candidate,
        loss: rankingLoss(candidate),
        speed: bySpeed ? (expected.decodeTokensPerSecond.value ?? 0) : -footprint.totalBytes,
        context: shape.contextTokens * shape.parallel,
      };
    })
    // A point can be beaten only by one that comes before it.
    .sort((a, b) => a.loss - b.loss || b.speed - a.speed || b.context - a.context);
  const front: Point[] = [];
  // Of the points so far only those count that none of them beats in speed and context: a few, however long the front.
  let stairs: Point[] = [];
  for (const point of points) {
    const { loss, speed, context } = point;
    const atLeast = stairs.filter((other) => other.speed >= speed && other.context >= context);
    if (atLeast.some((other) => other.loss < loss || other.speed > speed || other.context > context)) continue;
    front.push(point);
    if (atLeast.length > 0) continue;
    stairs = stairs.filter((other) => other.speed > speed || other.context > context);
    stairs.push(point);
  }
  const marked = new Set(front.map(({ candidate }) => candidate));
  return candidates.map((candidate) => (marked.has(candidate) ? { ...candidate, pareto: true } : candidate));
}
