import type { Footprint } from '../footprint/footprint.js';
import type { Placement, RunShape } from '../footprint/operating-point.js';
import type { Level } from '../quantization/level.js';
import type { MemoryBudget } from './budget.js';
import type { FitResult } from './fit.js';
import { fitOf } from './fit.js';
import type { Fit } from './plan.js';
import type { PlanRequest } from './plan-request.js';

/** A footprint where it was decided to lie. */
export interface Placed {
  readonly shape: RunShape;
  readonly footprint: Footprint;
  readonly fit: Fit;
  readonly shortBytes: number;
  readonly headroomBytes: number;
  readonly overheadBytes: number;
}

/** Layers that can be offloaded: the repeating ones, those for speculative prediction, and the output. */
export function offloadableLayers(request: Pick<PlanRequest, 'architecture'>): number {
  return request.architecture.layers + request.architecture.predictionLayers + 1;
}

/** Shares of the layers per device, by what each may hold; empty without a usable device. */
export function splitByBudget(budget: MemoryBudget): readonly number[] {
  if (budget.devices.length === 0 || budget.devices.every(({ usableBytes }) => usableBytes === 0)) return [];
  return budget.devices.map(({ usableBytes }) => usableBytes / budget.usableBytes);
}

/**
 * Places one level in one shape: everything on the devices if that fits; else, of a mixture of experts, all but the
 * experts; else as many layers as fit.
 */
export function placeBest(request: PlanRequest, level: Level, base: Omit<RunShape, 'placement'>): readonly Placed[] {
  const split = splitByBudget(request.budget);
  const all = offloadableLayers(request);
  const at = (gpuLayers: number, expertsOnHost = false): Attempt =>
    attempt(request, level, { ...base, placement: { gpuLayers, split, expertsOnHost } });
  const alone = (): Attempt =>
    attempt(request, level, { ...base, placement: { gpuLayers: 0, split: [], expertsOnHost: false } });
  if (split.length === 0) {
    const host = alone();
    const fits = host.result.hostShortBytes === 0;
    return [placed(host, fits ? 'full' : 'none', host.result.hostShortBytes)];
  }
  const full = at(all);
  const missing = full.result.deviceShortBytes + full.result.hostShortBytes;
  if (missing === 0) return [placed(full, 'full', 0)];
  if (request.constraints?.allowPartial === false) return [placed(full, 'none', missing)];
  const layers = mostLayers(all, full, at);
  const options = [
    ...(request.architecture.experts === null ? [] : [at(all, true)]),
    layers === 0 ? alone() : at(layers),
  ].filter(({ result }) => result.deviceShortBytes + result.hostShortBytes === 0);
  if (options.length > 0) return options.map((option) => placed(option, 'partial', missing));
  return [placed(full, 'none', Math.min(missing, totalShort(full, request.budget)))];
}

/** Places with exactly so many layers on the devices. */
export function placeExactly(
  request: PlanRequest,
  level: Level,
  base: Omit<RunShape, 'placement'>,
  gpuLayers: number,
): Placed {
  const split = splitByBudget(request.budget);
  const all = offloadableLayers(request);
  const layers = split.length === 0 ? 0 : Math.min(all, gpuLayers);
  const placement: Placement = { gpuLayers: layers, split, expertsOnHost: false };
  const tried = attempt(request, level, { ...base, placement });
  const missing = tried.result.deviceShortBytes + tried.result.hostShortBytes;
  return placed(tried, missing > 0 ? 'none' : layers === all || split.length === 0 ? 'full' : 'partial', missing);
}

interface Attempt {
  readonly shape: RunShape;
  readonly footprint: Footprint;
  readonly result: FitResult;
}

function attempt(request: PlanRequest, level: Level, shape: RunShape): Attempt {
  const footprint = request.footprint(level, shape);
  return { shape, footprint, result: fitOf(footprint, request.budget, request.correction ?? null) };
}

function placed({ shape, footprint, result }: Attempt, fit: Fit, shortBytes: number): Placed {
  const { headroomBytes, overheadBytes } = result;
  return { shape, footprint, fit, shortBytes: Math.ceil(shortBytes), headroomBytes, overheadBytes };
}

/**
 * The most layers that the devices hold; 0 when they hold none. Bytes grow about evenly with the layers, so that the
 * search starts where an even growth would put it and then halves what is left.
 */
function mostLayers(all: number, full: Attempt, at: (gpuLayers: number) => Attempt): number {
  const fits = (layers: number): boolean => at(layers).result.deviceShortBytes === 0;
  const total = full.footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
  let low = 0;
  let high = all;
  let guess = Math.floor(all * (1 - full.result.deviceShortBytes / Math.max(1, total)));
  while (high - low > 1) {
    const probe = Math.min(high - 1, Math.max(low + 1, guess));
    if (fits(probe)) {
      low = probe;
      guess = probe + 1;
    } else {
      high = probe;
      guess = probe - 1;
    }
    // Two steps beside the guess settle it nearly always; where they do not, halving is safer.
    if (high - low > 1 && high !== all && low !== 0) guess = (low + high) >> 1;
  }
  return low;
}

/** What is missing even when devices and host are filled to the brim; at least a byte, since nothing fitted. */
function totalShort({ footprint }: Attempt, budget: MemoryBudget): number {
  const { usableBytes: host } = budget.host;
  if (host === null) return Number.POSITIVE_INFINITY;
  return Math.max(1, footprint.totalBytes - host - (budget.unified ? 0 : budget.usableBytes));
}
