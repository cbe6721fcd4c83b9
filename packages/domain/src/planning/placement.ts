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
  const at = (gpuLayers: number, expertLayersOnHost = 0): Attempt =>
    attempt(request, level, { ...base, placement: { gpuLayers, split, expertLayersOnHost } });
  const alone = (): Attempt =>
    attempt(request, level, { ...base, placement: { gpuLayers: 0, split: [], expertLayersOnHost: 0 } });
  if (split.length === 0) {
    const host = alone();
    const fits = host.result.hostShortBytes === 0;
    return [placed(host, fits ? 'full' : 'none', host.result.hostShortBytes)];
  }
  const full = at(all);
  const missing = full.result.deviceShortBytes + full.result.hostShortBytes;
  if (missing === 0) return [placed(full, 'full', 0)];
  if (request.constraints?.allowPartial === false) return [placed(full, 'none', missing)];
  const options = [
    ...(request.architecture.experts === null ? [] : [at(all, all)]),
    mostLayers(all, full, at) ?? alone(),
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
  const placement: Placement = { gpuLayers: layers, split, expertLayersOnHost: 0 };
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
 * The attempt with the most layers that the devices hold; null when they hold none. Bytes grow about evenly with the
 * layers, so each guess lies where the line through the last two attempts meets the budget; where the line misleads,
 * halving what is left bounds the search.
 */
function mostLayers(all: number, full: Attempt, at: (gpuLayers: number) => Attempt): Attempt | null {
  let best: Attempt | null = null;
  let low = 0;
  let high = all;
  const scratch = full.footprint.devices.reduce((sum, { computeBytes }) => sum + computeBytes, 0);
  const usable = deviceBytes(full) - full.result.deviceShortBytes;
  let slope = (deviceBytes(full) - scratch) / all;
  let guess = (usable - scratch) / slope;
  for (let tries = 0; high - low > 1; tries += 1) {
    const wanted = tries < 4 ? Math.floor(guess) : (low + high) >> 1;
    const layers = Math.min(high - 1, Math.max(low + 1, wanted));
    const probe = at(layers);
    const bytes = deviceBytes(probe);
    if (layers < all && deviceBytes(full) > bytes) slope = (deviceBytes(full) - bytes) / (all - layers);
    if (probe.result.deviceShortBytes === 0) {
      best = probe;
      low = layers;
      guess = layers + Math.max(1, (usable - bytes) / slope);
    } else {
      high = layers;
      guess = layers - Math.max(1, Math.ceil((bytes - usable) / slope));
    }
  }
  return best;
}

const deviceBytes = ({ footprint }: Attempt): number =>
  footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);

/** What is missing even when devices and host are filled to the brim; at least a byte, since nothing fitted. */
function totalShort({ footprint }: Attempt, budget: MemoryBudget): number {
  const { usableBytes: host } = budget.host;
  if (host === null) return Number.POSITIVE_INFINITY;
  return Math.max(1, footprint.totalBytes - host - (budget.unified ? 0 : budget.usableBytes));
}
