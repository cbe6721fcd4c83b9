import type { PlanCandidate } from './plan.js';
import type { PlanGoal } from './plan-request.js';
import { candidateUtility } from './ranking.js';

/**
 * The order of placements of one level in one shape: known speeds first, then what is worth more; then with more layers on
 * devices, on fewer devices, with more left free.
 */
export const byPlacement =
  (goal: PlanGoal) =>
  (a: PlanCandidate, b: PlanCandidate): number => {
    const worth = (one: PlanCandidate): number =>
      one.expected.decodeTokensPerSecond.value === null ? -Number.MAX_VALUE : candidateUtility(one, goal);
    const devices = ({ footprint }: PlanCandidate): number =>
      footprint.devices.filter(({ totalBytes }) => totalBytes > 0).length;
    return (
      worth(b) - worth(a) ||
      b.shape.placement.gpuLayers - a.shape.placement.gpuLayers ||
      devices(a) - devices(b) ||
      b.headroomBytes - a.headroomBytes
    );
  };
