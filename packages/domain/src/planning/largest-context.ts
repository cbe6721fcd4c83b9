import type { RunShape } from '../footprint/operating-point.js';
import type { VariantLevel } from '../quantization/variant-level.js';
import { baseShape } from './candidates.js';
import { fitOf } from './fit.js';
import type { LargestContext } from './plan.js';
import type { CacheTypes, PlanRequest } from './plan-request.js';
import { offloadableLayers, splitByBudget } from './placement.js';

/** Cells of a cache are counted in this step (llama.cpp pads the context). */
const STEP = 256;
/** Where the model does not say how far it was trained. */
const FALLBACK_CONTEXT = 131_072;

/** The longest context, up to the trained one, with which everything lies on the devices (or the host without any). */
export function largestContext(
  request: PlanRequest,
  level: VariantLevel,
  cache: CacheTypes,
  parallel: number,
): LargestContext {
  const split = splitByBudget(request.budget);
  const placement = { gpuLayers: split.length === 0 ? 0 : offloadableLayers(request), split, expertLayersOnHost: 0 };
  const fits = (contextTokens: number): boolean => {
    const shape: RunShape = { ...baseShape(request, cache, contextTokens, parallel), placement };
    const fit = fitOf(request.footprint(level, shape), request.budget, request.correction ?? null);
    return fit.deviceShortBytes + fit.hostShortBytes === 0;
  };
  const most = request.model.contextLength ?? FALLBACK_CONTEXT;
  return { level, ...cache, contextTokens: fits(most) ? most : search(most, fits) };
}

function search(most: number, fits: (contextTokens: number) => boolean): number | null {
  let low = 0;
  let high = Math.ceil(most / STEP);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle * STEP)) low = middle;
    else high = middle;
  }
  return low === 0 ? null : low * STEP;
}
