import type { BytesByDomain, GovernedModel, Rung } from '@plimsoll/domain';
import type { TraceModel } from './trace.js';

/** A request on its way through the simulator. */
export interface SimulatedRequest {
  readonly model: string;
  readonly arrivedMs: number;
  tokensLeft: number;
  /** When it began to be answered; null while it waits. */
  startedMs: number | null;
  /** Loss of the point that answers it. */
  loss: number;
  readonly tokens: number;
}

/** A load that is under way. */
export interface Loading {
  readonly rung: number;
  readonly readyMs: number;
}

/** A model in the simulator. It changes from step to step. */
export interface SimulatedModel {
  readonly facts: TraceModel;
  /** Index into the ladder; where it would come in when it is not loaded. */
  rung: number;
  loaded: boolean;
  loading: Loading | null;
  /** The rung that a switch goes to once the running answers are done. */
  drainingTo: number | null;
  concurrencyLimit: number | null;
  lastUsedMs: number;
  /** When it last had to go; undefined when it never had to. */
  leftMs: number | undefined;
  readonly queue: SimulatedRequest[];
  active: SimulatedRequest[];
  /** Whether its last load ran out of memory. */
  outOfMemory: boolean;
}

/** A model before anything was asked of it. */
export function newModel(facts: TraceModel): SimulatedModel {
  return {
    facts,
    rung: 0,
    loaded: false,
    loading: null,
    drainingTo: null,
    concurrencyLimit: null,
    lastUsedMs: 0,
    leftMs: undefined,
    queue: [],
    active: [],
    outOfMemory: false,
  };
}

/** Its present rung. */
export function rungOf({ facts, rung }: SimulatedModel): Rung {
  const found = facts.ladder[rung];
  if (found === undefined) throw new RangeError(`The ladder of ${facts.name} has no rung ${rung}.`);
  return found;
}

/** What it holds now: loaded, and while it loads side by side, both. */
export function heldBy(model: SimulatedModel): BytesByDomain {
  const none: BytesByDomain = { device: 0, host: 0 };
  const now = model.loaded ? rungOf(model).bytes : none;
  const coming = model.loading === null ? none : (model.facts.ladder[model.loading.rung]?.bytes ?? none);
  return {
    device: (now['device'] ?? 0) + (coming['device'] ?? 0),
    host: (now['host'] ?? 0) + (coming['host'] ?? 0),
  };
}

/** The model as a policy sees it. */
export function asGoverned(model: SimulatedModel): GovernedModel {
  return {
    name: model.facts.name,
    ladder: model.facts.ladder,
    rung: model.rung,
    loaded: model.loaded,
    pin: 'none',
    changing: model.loading !== null || model.drainingTo !== null,
    activeRequests: model.active.length + model.queue.length,
    concurrencyLimit: model.concurrencyLimit,
    idleCache: {},
    reported: null,
    // What it takes is read as soon as the load begins.
    ...(model.loading === null ? {} : { incoming: {} }),
    lastUsedMs: model.lastUsedMs,
    leftMs: model.leftMs,
    reloadMs: model.facts.loadMs,
  };
}
