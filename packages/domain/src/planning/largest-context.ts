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
  /** Bytes over the budget; negative is what stays free. */
  const excess = (contextTokens: number): number => {
    const shape: RunShape = { ...baseShape(request, cache, contextTokens, parallel), placement };
    const fit = fitOf(request.footprint(level, shape), request.budget, request.correction ?? null);
    return fit.deviceShortBytes + fit.hostShortBytes || -fit.headroomBytes;
  };
  return { level, ...cache, contextTokens: search(request.model.contextLength ?? FALLBACK_CONTEXT, excess) };
}

/**
 * The most of a context with which nothing is over the budget. Bytes grow about evenly with the context, so each guess
 * lies where the line between what fits and what does not meets the budget; where the line misleads, halving what is
 * left bounds the search.
 */
function search(most: number, excess: (contextTokens: number) => number): number | null {
  let over = excess(most);
  if (over <= 0) return most;
  let low = 1;
  let high = Math.ceil(most / STEP);
  let free = -excess(STEP);
  if (free < 0 || high <= 1) return null;
  for (let tries = 0; high - low > 1; tries += 1) {
    const wanted = tries < 4 ? low + Math.floor(((high - low) * free) / (free + over)) : (low + high) >> 1;
    const middle = Math.min(high - 1, Math.max(low + 1, wanted));
    const found = excess(middle * STEP);
    if (found <= 0) [low, free] = [middle, -found];
    else [high, over] = [middle, found];
  }
  return low * STEP;
}
