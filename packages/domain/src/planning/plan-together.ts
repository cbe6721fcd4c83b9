import { InvalidInputError } from '../errors/invalid-input-error.js';
import type { MemoryBudget } from './budget.js';
import { candidatesOf } from './candidates.js';
import type { PackedItem } from './bin-packing.js';
import { packAll } from './bin-packing.js';
import type { PlanCandidate, PlanModel } from './plan.js';
import type { PlanRequest } from './plan-request.js';
import { offloadableLayers } from './placement.js';
import { rankingLoss } from './ranking-loss.js';
import type { ResidentReason } from './reason.js';

/** One of several models that are to be in memory at once. */
export interface ResidentModelPlan {
  readonly model: PlanModel;
  readonly candidate: PlanCandidate;
  /** Index of the device that holds it; null when it runs on the host. */
  readonly device: number | null;
}

/** Several models in memory at once. */
export interface ResidentPlan {
  readonly budget: MemoryBudget;
  /** In the order of the requests; null when they cannot all be resident. */
  readonly models: readonly ResidentModelPlan[] | null;
  /** Bytes missing even at the smallest of everything; 0 when all fit. */
  readonly shortBytes: number;
  readonly reasons: readonly ResidentReason[];
}

/** Most models that are planned together. */
const MOST_MODELS = 12;

/**
 * Chooses a level for each model so that all are resident at once, every model whole on one device (or on the host
 * where there is none). All start at their best; while they do not fit, the one gives way that loses least quality per
 * byte it frees; at the end whatever room is left is given back.
 * @param requests one per model, all with the same budget; the first context and number of sequences of each counts
 * @throws InvalidInputError for no model or more than 12
 */
export function planTogether(requests: readonly PlanRequest[]): ResidentPlan {
  const first = requests[0];
  if (first === undefined || requests.length > MOST_MODELS) {
    throw new InvalidInputError(`${requests.length} models cannot be planned together.`, {
      hint: `Name between one and ${MOST_MODELS} models.`,
    });
  }
  const { budget } = first;
  const ladders = requests.map(ladderOf);
  const lowest = ladders.map((ladder) => ladder.length - 1);
  const atLowest = itemsOf(ladders, lowest);
  const bins = binsOf(budget);
  if (atLowest === null || packAll(atLowest, bins) === null) {
    return {
      budget,
      models: null,
      shortBytes: shortOf(ladders, budget),
      reasons: shortReasons(requests, ladders, budget),
    };
  }
  const steps = giveBack(ladders, giveWay(ladders, bins), bins);
  const places = packAll(itemsOf(ladders, steps) ?? [], bins) ?? [];
  const models = requests.map(({ model }, index): ResidentModelPlan => {
    const candidate = stepOf(ladders, steps, index).candidate;
    return { model, candidate, device: bins.onHost ? null : (places[index] ?? 0) };
  });
  return { budget, models, shortBytes: 0, reasons: fitReasons(models, ladders, steps) };
}

/** One way to run a model, as the packing sees it. */
interface Step {
  readonly candidate: PlanCandidate;
  readonly item: PackedItem;
  /** Mean KL divergence; unknown counts as worse than all that is known. */
  readonly loss: number;
}

const UNKNOWN_LOSS = 10;

/** Ways to run one model, best first, each smaller than the one before. */
function ladderOf(request: PlanRequest): readonly Step[] {
  const onDevice = request.budget.devices.some(({ usableBytes }) => usableBytes > 0);
  // Footprints as if one device had room for everything: where it goes is decided for all models together.
  const roomy: MemoryBudget = {
    ...request.budget,
    devices: onDevice
      ? request.budget.devices.slice(0, 1).map((device) => ({ ...device, usableBytes: Number.MAX_SAFE_INTEGER }))
      : [],
    host: { ...request.budget.host, usableBytes: null },
    usableBytes: Number.MAX_SAFE_INTEGER,
  };
  const gpuLayers = [onDevice ? offloadableLayers(request) : 0];
  const contexts = request.contexts.slice(0, 1);
  const parallel = (request.parallel ?? [1]).slice(0, 1);
  const steps = candidatesOf({ ...request, budget: roomy, gpuLayers, contexts, parallel }).map((candidate): Step => {
    const { footprint, overheadBytes } = candidate;
    const devices = footprint.devices.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
    const item = onDevice
      ? { deviceBytes: devices + overheadBytes, hostBytes: footprint.host.totalBytes }
      : { deviceBytes: 0, hostBytes: footprint.host.totalBytes + overheadBytes };
    return { candidate, item, loss: Math.min(UNKNOWN_LOSS, rankingLoss(candidate)) };
  });
  const size = ({ item }: Step): number => item.deviceBytes + item.hostBytes;
  const sorted = steps.sort((a, b) => a.loss - b.loss || size(a) - size(b));
  return sorted.filter((step, index) => sorted.slice(0, index).every((better) => size(better) > size(step)));
}

interface Bins {
  readonly devices: readonly number[];
  readonly host: number | null;
  readonly shared: boolean;
  readonly onHost: boolean;
}

function binsOf(budget: MemoryBudget): Bins {
  const devices = budget.devices.map(({ usableBytes }) => usableBytes);
  const onHost = devices.every((bytes) => bytes === 0);
  return { devices, host: budget.host.usableBytes, shared: budget.unified, onHost };
}

function stepOf(ladders: readonly (readonly Step[])[], steps: readonly number[], index: number): Step {
  const step = ladders[index]?.[steps[index] ?? 0];
  if (step === undefined) throw new InvalidInputError('A model has no level to choose from.');
  return step;
}

function itemsOf(ladders: readonly (readonly Step[])[], steps: readonly number[]): readonly PackedItem[] | null {
  if (ladders.some((ladder) => ladder.length === 0)) return null;
  return ladders.map((_, index) => stepOf(ladders, steps, index).item);
}

/** Steps down, one model at a time, until all fit. */
function giveWay(ladders: readonly (readonly Step[])[], bins: Bins): readonly number[] {
  let steps = ladders.map(() => 0);
  while (packAll(itemsOf(ladders, steps) ?? [], bins) === null) {
    const costs = ladders.map((ladder, index) => {
      const now = ladder[steps[index] ?? 0];
      const next = ladder[(steps[index] ?? 0) + 1];
      if (now === undefined || next === undefined) return Number.POSITIVE_INFINITY;
      const freed = now.item.deviceBytes + now.item.hostBytes - next.item.deviceBytes - next.item.hostBytes;
      return (next.loss - now.loss) / freed;
    });
    const cheapest = costs.indexOf(Math.min(...costs));
    if (costs[cheapest] === Number.POSITIVE_INFINITY) break;
    steps = steps.map((step, index) => (index === cheapest ? step + 1 : step));
  }
  return steps;
}

/** Steps up again where the room allows, the model that lost most first. */
function giveBack(ladders: readonly (readonly Step[])[], lowered: readonly number[], bins: Bins): readonly number[] {
  let steps = lowered;
  for (;;) {
    const order = steps
      .map((_, index) => index)
      .sort((a, b) => stepOf(ladders, steps, b).loss - stepOf(ladders, steps, a).loss);
    const raised = order
      .filter((index) => (steps[index] ?? 0) > 0)
      .map((index) => steps.map((step, other) => (other === index ? step - 1 : step)))
      .find((attempt) => packAll(itemsOf(ladders, attempt) ?? [], bins) !== null);
    if (raised === undefined) return steps;
    steps = raised;
  }
}

/** What the smallest of everything needs beyond the budget; packing may need more, but never less. */
function shortOf(ladders: readonly (readonly Step[])[], budget: MemoryBudget): number {
  const items = ladders.map((ladder) => ladder.at(-1)?.item ?? { deviceBytes: 0, hostBytes: 0 });
  const device = items.reduce((sum, { deviceBytes }) => sum + deviceBytes, 0);
  const host = items.reduce((sum, { hostBytes }) => sum + hostBytes, 0) + (budget.unified ? device : 0);
  const hostShort = budget.host.usableBytes === null ? 0 : Math.max(0, host - budget.host.usableBytes);
  return Math.max(1, Math.ceil(Math.max(0, device - (device === 0 ? 0 : budget.usableBytes)) + hostShort));
}

function shortReasons(
  requests: readonly PlanRequest[],
  ladders: readonly (readonly Step[])[],
  budget: MemoryBudget,
): readonly ResidentReason[] {
  const smallest = ladders.map((ladder, index) => {
    const step = ladder.at(-1);
    return {
      model: requests[index]?.model.name ?? '',
      level: step?.candidate.level ?? null,
      bytes: step === undefined ? null : step.item.deviceBytes + step.item.hostBytes,
    };
  });
  const short = shortOf(ladders, budget);
  return [{ kind: 'not-together', smallest, shortBytes: short > 1 ? short : null }];
}

function fitReasons(
  models: readonly ResidentModelPlan[],
  ladders: readonly (readonly Step[])[],
  steps: readonly number[],
): readonly ResidentReason[] {
  return models.map(({ model, candidate, device }, index) => {
    const { item } = stepOf(ladders, steps, index);
    const { keyCacheType, valueCacheType } = candidate.shape;
    return {
      kind: 'resident',
      model: model.name,
      level: candidate.level,
      keyCacheType,
      valueCacheType,
      bytes: device === null ? item.hostBytes : item.deviceBytes,
      device,
      steppedDownFrom: steps[index] === 0 ? null : (ladders[index]?.[0]?.candidate.level ?? null),
    };
  });
}
