import type { Footprint } from '../footprint/footprint.js';
import type { Placement, RunShape } from '../footprint/operating-point.js';
import type { VariantLevel } from '../quantization/variant-level.js';
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

/** Most devices of which every choice is tried; of more, all together and each alone. */
const MOST_CHOSEN_FROM = 4;

/** Ways to divide layers over the devices of a budget, which all points of a plan have in common. */
const waysOf = new WeakMap<MemoryBudget, readonly (readonly number[])[]>();

function splits(budget: MemoryBudget): readonly (readonly number[])[] {
  let ways = waysOf.get(budget);
  if (ways === undefined) waysOf.set(budget, (ways = dividedAmong(budget)));
  return ways;
}

/** Ways to divide layers among some of the devices: what each may hold, and nothing for those left out. */
function dividedAmong(budget: MemoryBudget): readonly (readonly number[])[] {
  const usable = budget.devices.map(({ usableBytes }) => usableBytes);
  const filled = usable.flatMap((bytes, index) => (bytes > 0 ? [index] : []));
  const chosen =
    filled.length <= MOST_CHOSEN_FROM
      ? Array.from({ length: 2 ** filled.length - 1 }, (_, mask) => filled.filter((__, bit) => ((mask + 1) >> bit) & 1))
      : [...filled.map((index) => [index]), filled];
  return chosen.map((indices) => {
    const sum = indices.reduce((total, index) => total + (usable[index] ?? 0), 0);
    return usable.map((bytes, index) => (indices.includes(index) ? bytes / sum : 0));
  });
}

/**
 * Places one level in one shape, in every way that may be the fastest: everything on some of the devices if that fits;
 * else, of a mixture of experts, with the experts of as few layers as needed on the host; else as many layers as fit,
 * with their experts and without. What does not fit at all is one point that says by how much.
 */
export function placeBest(
  request: PlanRequest,
  level: VariantLevel,
  base: Omit<RunShape, 'placement'>,
): readonly Placed[] {
  const ways = splits(request.budget);
  if (ways.length === 0) {
    const host = attempt(request, level, { ...base, placement: ALONE });
    return [placed(host, host.result.hostShortBytes === 0 ? 'full' : 'none', host.result.hostShortBytes)];
  }
  const found = ways.map((split) => placeOn(request, level, base, split));
  const whole = found.flatMap(({ full, missing }) => (missing === 0 ? [placed(full, 'full', 0)] : []));
  const parts = found.flatMap((way) => way.partial.map((part) => placed(part, 'partial', way.missing)));
  // A part on a fast device can be faster than everything on a slow one.
  if (whole.length + parts.length > 0) return [...whole, ...parts];
  const missing = Math.min(...found.map((way) => way.missing));
  if (request.constraints?.allowPartial !== false) {
    const host = attempt(request, level, { ...base, placement: ALONE });
    if (host.result.hostShortBytes === 0) return [placed(host, 'partial', missing)];
  }
  const closest = found.find((way) => way.missing === missing) ?? found[0];
  if (closest === undefined) return [];
  const total =
    request.constraints?.allowPartial === false ? missing : Math.min(missing, totalShort(closest.full, request.budget));
  return [placed(closest.full, 'none', total)];
}

const ALONE: Placement = { gpuLayers: 0, split: [], expertLayersOnHost: 0 };

interface Way {
  readonly full: Attempt;
  /** Bytes missing to have everything on these devices. */
  readonly missing: number;
  /** Ways to leave a part on the host that fit; empty when the devices hold everything. */
  readonly partial: readonly Attempt[];
}

function placeOn(
  request: PlanRequest,
  level: VariantLevel,
  base: Omit<RunShape, 'placement'>,
  split: readonly number[],
): Way {
  const all = offloadableLayers(request);
  const at = (gpuLayers: number, expertLayersOnHost = 0): Attempt =>
    attempt(request, level, { ...base, placement: { gpuLayers, split, expertLayersOnHost } });
  const full = at(all);
  const missing = full.result.deviceShortBytes + full.result.hostShortBytes;
  if (missing === 0 || request.constraints?.allowPartial === false) return { full, missing, partial: [] };
  const options = [mostLayers(all, full, (layers) => at(layers))];
  // On one memory for both, experts on the host would lie in the same place and be computed more slowly.
  if (request.architecture.experts !== null && !request.budget.unified) {
    const bare = at(all, all);
    options.push(
      bare.result.deviceShortBytes === 0
        ? fewestExperts(all, bare, (experts) => at(all, experts))
        : mostLayers(all, bare, (layers) => at(layers, all)),
    );
  }
  const partial = options.filter((option) => option !== null && fits(option)).filter((option) => option !== null);
  return { full, missing, partial };
}

const fits = ({ result }: Attempt): boolean => result.deviceShortBytes + result.hostShortBytes === 0;

/** The attempt that leaves the experts of fewest layers on the host and fits on the devices; `bare` leaves all. */
function fewestExperts(all: number, bare: Attempt, at: (experts: number) => Attempt): Attempt {
  let best = bare;
  let low = 0;
  let high = all;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const tried = at(middle);
    if (tried.result.deviceShortBytes === 0) {
      best = tried;
      high = middle;
    } else low = middle;
  }
  return best;
}

/** Places with exactly so many layers on the devices, and so many of their experts on the host as the request says. */
export function placeExactly(
  request: PlanRequest,
  level: VariantLevel,
  base: Omit<RunShape, 'placement'>,
  gpuLayers: number,
): Placed {
  const split = splitByBudget(request.budget);
  const all = offloadableLayers(request);
  const layers = split.length === 0 ? 0 : Math.min(all, gpuLayers);
  const experts = split.length === 0 ? 0 : Math.min(all, request.expertLayersOnHost ?? 0);
  const placement: Placement = { gpuLayers: layers, split, expertLayersOnHost: experts };
  const tried = attempt(request, level, { ...base, placement });
  const missing = tried.result.deviceShortBytes + tried.result.hostShortBytes;
  return placed(
    tried,
    missing > 0 ? 'none' : split.length === 0 || (layers === all && experts === 0) ? 'full' : 'partial',
    missing,
  );
}

interface Attempt {
  readonly shape: RunShape;
  readonly footprint: Footprint;
  readonly result: FitResult;
}

function attempt(request: PlanRequest, level: VariantLevel, shape: RunShape): Attempt {
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
