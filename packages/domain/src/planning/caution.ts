import type { PlanCandidate } from './plan.js';
import type { PlanRequest } from './plan-request.js';
import { rankingLoss } from './ranking-loss.js';
import type { PlanCaution, SuitableSize } from './reason.js';

/** Slower than this nobody waits for an answer. */
const POOR_SPEED = 3;
/** About the divergence of Q3_K_S: answers go wrong visibly. */
const POOR_LOSS = 0.2;
/** Bytes per weight of Q4_K_M. */
const USUAL_BYTES_PER_WEIGHT = 4.9 / 8;
/** What a cache of a usual context and scratch memory take beside the weights, as a share of what may be used. */
const BESIDE_WEIGHTS = 0.2;

/** Says that even the best point is poor, and what would run well on this machine; null when it is good. */
export function cautionOf(request: PlanRequest, chosen: PlanCandidate): PlanCaution | null {
  const speed = chosen.expected.decodeTokensPerSecond.value;
  const poor = (speed !== null && speed < POOR_SPEED) || rankingLoss(chosen) > POOR_LOSS;
  if (!poor || request.model.parameters === null) return null;
  return { kind: 'model-too-large', ...suitableSize(request) };
}

/** What would run well on this machine. */
export function suitableSize({ budget }: Pick<PlanRequest, 'budget'>): SuitableSize {
  return {
    suitableParameters: ((1 - BESIDE_WEIGHTS) * budget.usableBytes) / USUAL_BYTES_PER_WEIGHT,
    where: budget.devices.length === 0 ? 'host' : 'device',
  };
}
