import { InvalidInputError, NothingFitsError, isPlimsollError, loadOptionsOf } from '@plimsoll/domain';
import type {
  Admission,
  BytesByDomain,
  CallOptions,
  Clock,
  GovernedModel,
  GovernorAction,
  ModelRuntime,
  OperatingPoint,
  Pin,
  Rung,
} from '@plimsoll/domain';
import type { GateLimits } from './request-gate.js';
import { RequestGate } from './request-gate.js';

/** A rung, and what the backend calls its variant. */
export interface ServedRung extends Rung {
  readonly variant: string;
  /** `sha256:…` of its file, or null when the backend does not tell. */
  readonly digest: string | null;
}

/** A model that is served along a ladder. */
export interface ServedModel {
  readonly name: string;
  /** Best first. */
  readonly ladder: readonly ServedRung[];
  /** How long a load takes, as far as is known. */
  readonly reloadMs: number;
}

/** A place on a loaded model, held while an answer runs. */
export interface ModelLease {
  readonly variant: string;
  readonly digest: string | null;
  readonly point: OperatingPoint;
  /** May be called more than once. */
  readonly release: () => void;
}

/** What the pool asks about memory. */
export interface PoolAdvice {
  /** At which point a model comes in now, and who makes room; null when nothing fits. */
  admit(model: GovernedModel): Promise<Admission | null>;
  /** An engine ran out of memory. Resolves with the rung to try instead, or null when there is none. */
  ranOutOfMemory(model: GovernedModel): Promise<number | null>;
}

/** What the pool works with. */
export interface ModelPoolOptions {
  readonly runtime: Pick<ModelRuntime, 'load' | 'unload'>;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly limits: GateLimits;
  /** What the engine says that a loaded variant holds; null when it does not say. */
  readonly reported?: ((variant: string) => Promise<BytesByDomain | null>) | undefined;
  /** Names of the variants that the backend holds now; absent where nothing leaves by itself. */
  readonly resident?: (() => Promise<readonly string[]>) | undefined;
}

interface Entry {
  readonly served: ServedModel;
  readonly gate: RequestGate;
  rung: number;
  loaded: boolean;
  changing: Promise<void> | null;
  pin: Pin;
  concurrencyLimit: number | null;
  reported: BytesByDomain | null;
  lastUsedMs: number;
  reloadMs: number;
}

/**
 * Owns which models are loaded at which point. Requests take leases; a change closes the model's gate, waits until the
 * running answers are done, and loads anew: an answer is never moved or cut, and none mixes two points.
 */
export class ModelPool {
  readonly #options: ModelPoolOptions;
  readonly #entries = new Map<string, Entry>();
  advice: PoolAdvice | null = null;

  constructor(options: ModelPoolOptions) {
    this.#options = options;
  }

  /** Serves a model; one that is served already keeps its state. */
  serve(served: ServedModel): void {
    if (served.ladder.length === 0) throw new InvalidInputError(`${served.name} has no point to be served at.`);
    if (this.#entries.has(served.name)) return;
    this.#entries.set(served.name, {
      served,
      gate: new RequestGate(this.#options.clock, this.#options.limits),
      rung: 0,
      loaded: false,
      changing: null,
      pin: 'none',
      concurrencyLimit: null,
      reported: null,
      lastUsedMs: this.#options.clock.nowMs(),
      reloadMs: served.reloadMs,
    });
  }

  /** The models as the governor sees them. */
  models(): readonly GovernedModel[] {
    return [...this.#entries.values()].map(governed);
  }

  /** Takes note of models that the backend has let go by itself: by its own time limit, or because an engine ended. */
  async reconcile(): Promise<void> {
    const resident = await this.#options.resident?.().catch(() => null);
    if (resident === null || resident === undefined) return;
    for (const entry of this.#entries.values()) {
      const idle = entry.changing === null && entry.gate.active === 0;
      if (!entry.loaded || !idle || resident.includes(this.#rung(entry, entry.rung).variant)) continue;
      entry.loaded = false;
      entry.reported = null;
      entry.gate.close();
    }
  }

  /** Fixes a model where it is, or lets it go. */
  pin(model: string, pin: Pin): void {
    this.#entry(model).pin = pin;
  }

  /**
   * A place on the model, loaded first where it is not.
   * @throws BusyError, CancelledError, NothingFitsError, and what the runtime throws
   */
  async lease(model: string, options: CallOptions = {}): Promise<ModelLease> {
    const entry = this.#entry(model);
    entry.lastUsedMs = this.#options.clock.nowMs();
    if (!entry.loaded) this.#bringIn(entry);
    const leave = await entry.gate.enter(options);
    const rung = this.#rung(entry, entry.rung);
    const release = (): void => {
      entry.lastUsedMs = this.#options.clock.nowMs();
      leave();
    };
    return { variant: rung.variant, digest: rung.digest, point: rung.point, release };
  }

  /** Does what the governor decided. Resolves when it is done. */
  async perform(action: GovernorAction): Promise<void> {
    const entry = this.#entry(action.model);
    switch (action.kind) {
      case 'switch':
        return this.#change(entry, () => this.#load(entry, action.to, action.from));
      case 'unload':
        return this.#change(entry, async () => undefined);
      case 'limit-concurrency':
        entry.concurrencyLimit = action.to;
        if (entry.loaded && entry.changing === null) this.#open(entry);
        return;
      case 'drop-idle-cache':
        return;
    }
  }

  #bringIn(entry: Entry): void {
    if (entry.changing !== null) return;
    void this.#change(entry, async () => {
      const admission = this.advice === null ? undefined : await this.advice.admit(governed(entry));
      if (admission === null) {
        throw new NothingFitsError(`No point of ${entry.served.name} fits the memory that is free now.`);
      }
      for (const name of admission?.unload ?? []) {
        await this.#change(this.#entry(name), async () => undefined);
      }
      await this.#load(entry, admission?.rung ?? entry.rung, null);
    }).catch(() => undefined);
  }

  /** Closes the gate, drains, unloads what is there, and lets `then` bring in what comes next. One change at a time. */
  async #change(entry: Entry, then: () => Promise<void>): Promise<void> {
    while (entry.changing !== null) await entry.changing.catch(() => undefined);
    const work = async (): Promise<void> => {
      entry.gate.close();
      await entry.gate.drained();
      if (entry.loaded) await this.#options.runtime.unload(this.#rung(entry, entry.rung).variant);
      entry.loaded = false;
      entry.reported = null;
      await then();
    };
    const changing = work();
    entry.changing = changing;
    try {
      await changing;
    } catch (error) {
      entry.gate.refuseAll(error instanceof Error ? error : new Error(String(error)));
      throw error;
    } finally {
      entry.changing = null;
      if (entry.loaded) this.#open(entry);
      else if (entry.gate.waiting > 0) this.#bringIn(entry);
    }
  }

  /** Loads a rung; one that fails for want of memory is followed by a smaller one, or by the one before. Never a loop. */
  async #load(entry: Entry, rung: number, back: number | null): Promise<void> {
    const tried = new Set<number>();
    for (let next = rung; ;) {
      tried.add(next);
      entry.rung = next;
      const { variant, point } = this.#rung(entry, next);
      try {
        const { loadMs } = await this.#options.runtime.load(variant, loadOptionsOf(point));
        entry.reloadMs = loadMs > 0 ? loadMs : entry.reloadMs;
        entry.loaded = true;
        entry.reported = (await this.#options.reported?.(variant).catch(() => null)) ?? null;
        return;
      } catch (error) {
        if (!isPlimsollError(error) || error.code !== 'out-of-memory') throw error;
        const lower: number | null = (await this.advice?.ranOutOfMemory(governed(entry))) ?? back;
        if (lower === null || tried.has(lower)) throw error;
        next = lower;
      }
    }
  }

  #open(entry: Entry): void {
    entry.gate.open(entry.concurrencyLimit ?? this.#rung(entry, entry.rung).point.parallel);
  }

  #entry(model: string): Entry {
    const entry = this.#entries.get(model);
    if (entry === undefined) throw new InvalidInputError(`${model} is not served here.`);
    return entry;
  }

  #rung({ served }: Entry, index: number): ServedRung {
    const rung = served.ladder[index];
    if (rung === undefined) throw new InvalidInputError(`${served.name} has no point number ${index}.`);
    return rung;
  }
}

/** The model as the governor sees it. */
function governed({ served, gate, changing, ...entry }: Entry): GovernedModel {
  return {
    name: served.name,
    ladder: served.ladder,
    rung: entry.rung,
    loaded: entry.loaded,
    pin: entry.pin,
    changing: changing !== null,
    activeRequests: gate.active + gate.waiting,
    concurrencyLimit: entry.concurrencyLimit,
    idleCache: {},
    reported: entry.reported,
    lastUsedMs: entry.lastUsedMs,
    reloadMs: entry.reloadMs,
  };
}
