import type { FootprintEstimate, FootprintModel, Weights } from './footprint-model.js';
import type { Footprint } from './footprint.js';
import type { RunShape } from './operating-point.js';

/** Bytes that may be used: one number per device of the placement, and the host's, or null when it is not limited. */
export interface FootprintBudget {
  readonly devices: readonly number[];
  readonly hostBytes: number | null;
}

/** Whether a footprint stays within a budget. Devices without a budget must not be used. */
export function fitsBudget(footprint: Footprint, budget: FootprintBudget): boolean {
  return (
    footprint.devices.every((device, index) => device.totalBytes <= (budget.devices[index] ?? 0)) &&
    (budget.hostBytes === null || footprint.host.totalBytes <= budget.hostBytes)
  );
}

/** The engine pads contexts to so many tokens. */
const STEP = 256;

/**
 * The longest context per sequence that fits, a multiple of 256 or `limit` itself; null when not even 256 tokens do.
 * Footprints grow with the context, so a binary search finds it. `limit` defaults to the trained context.
 */
export function largestContext(
  model: FootprintModel,
  weights: Weights,
  shape: RunShape,
  budget: FootprintBudget,
  limit: number = model.architecture.contextTokens ?? 1_048_576,
): number | null {
  const fits = (contextTokens: number): boolean =>
    fitsBudget(model.footprint(weights, { ...shape, contextTokens }), budget);
  if (fits(limit)) return limit;
  let low = 0;
  let high = Math.ceil(limit / STEP);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle * STEP)) low = middle;
    else high = middle;
  }
  return low === 0 ? null : low * STEP;
}

/** A placement that fits, and what it takes. */
export interface FittingPlacement {
  readonly gpuLayers: number;
  readonly shape: RunShape;
  readonly footprint: FootprintEstimate;
}

/**
 * The placement with the most layers on devices that fits, or null when nothing does, not even all on the host. Layers
 * are divided by `shape.placement.split`, or by the devices' budgets when that is empty.
 */
export function bestPlacement(
  model: FootprintModel,
  weights: Weights,
  shape: RunShape,
  budget: FootprintBudget,
): FittingPlacement | null {
  const { layers, predictionLayers } = model.architecture;
  const given = shape.placement.split;
  const total = budget.devices.reduce((sum, bytes) => sum + bytes, 0);
  const split = given.length > 0 ? given : total > 0 ? budget.devices.map((bytes) => bytes / total) : [];
  const most = split.length === 0 ? 0 : layers + predictionLayers + 1;
  for (let gpuLayers = most; gpuLayers >= 0; gpuLayers--) {
    const used = gpuLayers === 0 ? [] : split;
    const placed = { ...shape, placement: { ...shape.placement, gpuLayers, split: used } };
    const footprint = model.footprint(weights, placed);
    if (fitsBudget(footprint, budget)) return { gpuLayers, shape: placed, footprint };
  }
  return null;
}
