import type { FootprintModel, Weights } from '../footprint/footprint-model.js';
import type { Footprint } from '../footprint/footprint.js';
import { baseShape } from './candidates.js';
import { fitOf } from './fit.js';
import { offloadableLayers, splitByBudget } from './placement.js';
import type { PlanRequest } from './plan-request.js';

/** How weights lie on a machine that holds them whole: on its devices, or in its RAM where there are none. */
export interface WholeFit {
  readonly footprint: Footprint;
  /** Bytes missing for everything; 0 when it fits. */
  readonly shortBytes: number;
  /** Bytes of what is not weights: cache, state and scratch memory, and what drivers take. */
  readonly otherBytes: number;
}

/**
 * Holds weights against the budget of a plan, in its first shape. `model` counts them.
 * @throws as `FootprintModel.footprint`
 */
export function wholeFit(request: PlanRequest, model: FootprintModel, weights: Weights): WholeFit {
  const [cache = { keyCacheType: 'f16', valueCacheType: 'f16' }] = request.cacheTypes;
  const [contextTokens = 8192] = request.contexts;
  const split = splitByBudget(request.budget);
  const gpuLayers = split.length === 0 ? 0 : offloadableLayers(request);
  const base = baseShape(request, cache, contextTokens, request.parallel?.[0] ?? 1);
  const footprint = model.footprint(weights, { ...base, placement: { gpuLayers, split, expertLayersOnHost: 0 } });
  const fit = fitOf(footprint, request.budget, request.correction ?? null);
  const uses = footprint.devices.length === 0 ? [footprint.host] : footprint.devices;
  const other = uses.reduce((sum, { totalBytes, weightsBytes }) => sum + totalBytes - weightsBytes, 0);
  return {
    footprint,
    shortBytes: fit.deviceShortBytes + fit.hostShortBytes,
    otherBytes: other + fit.overheadBytes,
  };
}
