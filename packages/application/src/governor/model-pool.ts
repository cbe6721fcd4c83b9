import { InvalidInputError, NothingFitsError, correctedLadder, isOutOfMemory, loadOptionsOf } from '@plimsoll/domain';
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
  /** What it gives up with its cache, where it is known. */
  readonly cacheBytes?: BytesByDomain | undefined;
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
  readonly rung: number;
  readonly variant: string;
  readonly digest: string | null;
  readonly point: OperatingPoint;
  /** May be called more than once. */
  readonly release: () => void;
}

/** What the pool asks about memory. */
export interface PoolAdvice {
  /**
   * At which point a model comes in now, and who makes room. `wait` when there will be room once others have answered;
   * null when nothing fits. For those `beside` it, which were emptied to let it in, room is left where that can be. As a
   * last resort it comes in close to the hard line, rather than not at all.
   */
  admit(model: GovernedModel, beside: readonly string[], isLastResort: boolean): Promise<Admission | 'wait' | null>;
  /** Models that would have to go for this one to come in, at work or not. */
  inTheWay(model: GovernedModel): Promise<readonly string[]>;
  /** An engine ran out of memory. Resolves with the rung to try instead, or null when there is none. */
  ranOutOfMemory(model: GovernedModel): Promise<number | null>;
  /** Whether a rung can be loaded while the model stays loaded as it is. */
  fitsBeside(model: GovernedModel, rung: number): Promise<boolean>;
  /** Whether what was unloaded has come back, as far as the rung needs it. */
  hasRoomFor(model: GovernedModel, rung: number): Promise<boolean>;
  /** A request came in where there was none. */
  woken(): void;
}

/** What the pool works with. */
export interface ModelPoolOptions {
  readonly runtime: Pick<ModelRuntime, 'dropIdleCache' | 'load' | 'unload'>;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly limits: GateLimits;
  /** What the engine says that a loaded variant holds; null when it does not say. */
  readonly reported?: ((variant: string) => Promise<BytesByDomain | null>) | undefined;
  /** What is in use of the devices now, by all programs: for engines that do not say what they hold. */
  readonly used?: (() => Promise<BytesByDomain>) | undefined;
  /** Names of the variants that the backend holds now; absent where nothing leaves by itself. */
  readonly resident?: (() => Promise<readonly string[]>) | undefined;
}

interface Entry {
  readonly served: ServedModel;
  /** What loads were seen to take, by rung. */
  readonly observed: Map<number, BytesByDomain>;
  /** The ladder, its bytes corrected by that. */
  ladder: readonly ServedRung[];
  /** Leads to a rung. */
  readonly gate: RequestGate<number>;
  rung: number;
  loaded: boolean;
  changing: Promise<unknown> | null;
  /** The rung that is being loaded. */
  coming: number | null;
  /** The rung that stays loaded beside the present one until its answers are done. */
  fading: { readonly rung: number; readonly bytes: BytesByDomain } | null;
  /** What it gave up while nobody asked for it; null when it has all. */
  dropped: BytesByDomain | null;
  pin: Pin;
  concurrencyLimit: number | null;
  reported: BytesByDomain | null;
  lastUsedMs: number;
  reloadMs: number;
}

/** Memory comes back late after an unload: it is waited for so long, and looked at so often. */
const RETURN_MS = 5_000;
const POLL_MS = 250;
/**
 * So long a model waits for others to be idle. Then they let their answers end and go for it, and come back beside it or
 * after as long a wait of their own. A quarter of what a request may wait, since a drain and a load follow.
 */
const FAIR_WAIT_MS = 30_000;

/**
 * Owns which models are loaded at which point. Requests take leases. A model moves to another point beside the present
 * one where both fit: new requests go to the new one, and the old one goes when its answers are done. Else new requests
 * wait while the running answers end and the model is loaded anew. An answer is never moved or cut, and none mixes two
 * points.
 */
export class ModelPool {
  readonly #options: ModelPoolOptions;
  readonly #entries = new Map<string, Entry>();
  advice: PoolAdvice | null = null;
  /** Models come in one after the other, so that no two count on the same room. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ModelPoolOptions) {
    this.#options = options;
  }

  /** Serves a model; one that is served already keeps its state. */
  serve(served: ServedModel): void {
    if (served.ladder.length === 0) throw new InvalidInputError(`${served.name} has no point to be served at.`);
    if (this.#entries.has(served.name)) return;
    this.#entries.set(served.name, {
      served,
      observed: new Map(),
      ladder: served.ladder,
      gate: new RequestGate<number>(this.#options.clock, this.#options.limits),
      rung: 0,
      loaded: false,
      changing: null,
      coming: null,
      fading: null,
      dropped: null,
      pin: 'none',
      concurrencyLimit: null,
      reported: null,
      lastUsedMs: this.#options.clock.nowMs(),
      reloadMs: served.reloadMs,
    });
  }

  /** The models as the governor sees them. */
  models(): readonly GovernedModel[] {
    return [...this.#entries.values()].map((entry) => this.#governed(entry));
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
      entry.dropped = null;
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
    if (entry.gate.active + entry.gate.waiting === 0) this.advice?.woken();
    if (!entry.loaded) this.#bringIn(entry);
    const { to, leave } = await entry.gate.enter(options);
    // Its first answer takes it again.
    entry.dropped = null;
    const { variant, digest, point } = this.#rung(entry, to);
    const release = (): void => {
      entry.lastUsedMs = this.#options.clock.nowMs();
      leave();
    };
    return { rung: to, variant, digest, point, release };
  }

  /** Does what the governor decided. Resolves when it is done. */
  async perform(action: GovernorAction): Promise<void> {
    const entry = this.#entry(action.model);
    switch (action.kind) {
      case 'switch':
        return this.#change(entry, () => this.#switch(entry, action.to, action.from));
      case 'unload':
        return this.#change(entry, () => this.#empty(entry));
      case 'limit-concurrency':
        entry.concurrencyLimit = action.to;
        if (entry.loaded && entry.changing === null) this.#open(entry);
        return;
      case 'drop-idle-cache':
        return this.#change(entry, () => this.#dropCache(entry));
    }
  }

  /**
   * An answer at that rung ended for want of memory; its place has been given back. Resolves with whether the model has
   * been moved to a smaller point, so that it is worth asking again.
   */
  async ranOutOfMemory(model: string, rung: number): Promise<boolean> {
    const entry = this.#entry(model);
    let isWorthIt = true;
    await this.#change(entry, async () => {
      // Others may have failed for the same want, and been heard first.
      if (!entry.loaded || entry.rung !== rung) return;
      const to = (await this.advice?.ranOutOfMemory(this.#governed(entry))) ?? null;
      isWorthIt = to !== null;
      if (to === null) return;
      await this.#empty(entry);
      await this.#load(entry, to, null);
    });
    return isWorthIt;
  }

  #bringIn(entry: Entry): void {
    if (entry.changing !== null) return;
    void this.#change(entry, async () => {
      const rung = this.advice === null ? entry.rung : await this.#admission(entry, this.advice);
      if (rung !== null) await this.#load(entry, rung, null);
    }).catch(() => undefined);
  }

  /** The rung at which a model comes in, once there is room for it; null when nobody waits for it any more. */
  async #admission(entry: Entry, advice: PoolAdvice): Promise<number | null> {
    const { clock } = this.#options;
    let sinceMs = clock.nowMs();
    for (let waitedMs = 0; entry.gate.waiting > 0;) {
      let admission = await this.#admitted(entry, advice, [], waitedMs >= RETURN_MS);
      if (admission === 'wait' && clock.nowMs() - sinceMs >= FAIR_WAIT_MS) {
        admission = await this.#afterOthers(entry, advice);
        sinceMs = clock.nowMs();
      }
      if (admission !== null && admission !== 'wait') return admission.rung;
      if (admission === null && waitedMs >= RETURN_MS) {
        throw new NothingFitsError(`No point of ${entry.served.name} fits the memory that is free now.`);
      }
      waitedMs = admission === null ? waitedMs + POLL_MS : 0;
      await clock.sleep(POLL_MS);
    }
    return null;
  }

  /** Asks for room, and takes it. */
  #admitted(
    entry: Entry,
    advice: PoolAdvice,
    beside: readonly string[],
    isLastResort = false,
  ): Promise<Admission | 'wait' | null> {
    return this.#inTurn(async () => {
      const advised = await advice.admit(this.#governed(entry), beside, isLastResort);
      if (advised === null || advised === 'wait') return advised;
      const leaving = advised.unload.map((name) => this.#entry(name));
      // Asked for in the meantime: the plan no longer holds.
      if (leaving.some(({ changing, gate }) => changing !== null || gate.active + gate.waiting > 0)) return 'wait';
      for (const other of leaving) await this.#change(other, () => this.#empty(other));
      entry.coming = advised.rung;
      return advised;
    });
  }

  /** Has those in the way let their answers end and go, and holds them back until the model has got its room. */
  async #afterOthers(entry: Entry, advice: PoolAdvice): Promise<Admission | 'wait'> {
    const names = await advice.inTheWay(this.#governed(entry));
    return this.#whileEmpty(names, async () => {
      for (let waitedMs = 0; entry.gate.waiting > 0 && waitedMs <= RETURN_MS; waitedMs += POLL_MS) {
        const admission = await this.#admitted(entry, advice, names);
        if (admission !== null && admission !== 'wait') return admission;
        await this.#options.clock.sleep(POLL_MS);
      }
      return 'wait';
    });
  }

  /** Those that are on their way by themselves are not waited for: two models must not wait for each other. */
  async #whileEmpty<Value>(models: readonly string[], work: () => Promise<Value>): Promise<Value> {
    const [name, ...rest] = models;
    if (name === undefined) return work();
    const first = this.#entry(name);
    if (first.changing !== null || !first.loaded) return this.#whileEmpty(rest, work);
    return this.#change(first, async () => {
      await this.#empty(first);
      return this.#whileEmpty(rest, work);
    });
  }

  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** One change at a time. Whoever waits is refused when it fails and leaves nothing loaded. */
  async #change<Value>(entry: Entry, work: () => Promise<Value>): Promise<Value> {
    while (entry.changing !== null) await entry.changing.catch(() => undefined);
    const changing = work();
    entry.changing = changing;
    try {
      return await changing;
    } catch (error) {
      if (!entry.loaded) entry.gate.refuseAll(error instanceof Error ? error : new Error(String(error)));
      throw error;
    } finally {
      entry.changing = null;
      entry.coming = null;
      if (entry.loaded) this.#open(entry);
      else if (entry.gate.waiting > 0) this.#bringIn(entry);
    }
  }

  async #switch(entry: Entry, to: number, from: number): Promise<void> {
    if (await this.#switchBeside(entry, to)) return;
    await this.#empty(entry);
    for (let waitedMs = 0; waitedMs < RETURN_MS; waitedMs += POLL_MS) {
      if ((await this.advice?.hasRoomFor(this.#governed(entry), to)) !== false) break;
      await this.#options.clock.sleep(POLL_MS);
    }
    await this.#load(entry, to, from);
  }

  /** Holds new requests back, lets the running answers end, and unloads. */
  async #empty(entry: Entry): Promise<void> {
    entry.gate.close();
    await entry.gate.drained();
    if (entry.loaded) await this.#unload(this.#rung(entry, entry.rung).variant);
    entry.loaded = false;
    entry.reported = null;
    entry.dropped = null;
  }

  /** Not while it answers: the engine sees to that, whoever asks it. */
  async #dropCache(entry: Entry): Promise<void> {
    const { variant, cacheBytes = {} } = this.#rung(entry, entry.rung);
    if (!entry.loaded) return;
    const isDropped = (await this.#options.runtime.dropIdleCache?.(variant).catch(() => false)) === true;
    // Where it could not, it is not tried again before it is asked for.
    if (entry.gate.active === 0) entry.dropped = isDropped ? cacheBytes : {};
  }

  /** Loads the new point, lets new requests go there, and unloads the old one after its last answer. False: no room. */
  async #switchBeside(entry: Entry, to: number): Promise<boolean> {
    const old = this.#rung(entry, entry.rung);
    const next = this.#rung(entry, to);
    // A backend knows a variant by its name, and has it once.
    if (!entry.loaded || next.variant === old.variant) return false;
    if ((await this.advice?.fitsBeside(this.#governed(entry), to)) !== true) return false;
    entry.coming = to;
    let reported: BytesByDomain | null;
    try {
      reported = await this.#loadRung(entry, to);
    } catch (error) {
      if (isOutOfMemory(error)) return false;
      throw error;
    } finally {
      entry.coming = null;
    }
    entry.fading = { rung: entry.rung, bytes: entry.reported ?? old.bytes };
    entry.rung = to;
    entry.dropped = null;
    entry.reported = reported;
    this.#open(entry);
    try {
      await entry.gate.drained(to);
      await this.#unload(old.variant);
    } finally {
      entry.fading = null;
    }
    return true;
  }

  /**
   * Loads a rung. For want of memory a smaller one follows, or the one before; after any other failure the one before is
   * loaded again and the failure is thrown. No rung is tried twice.
   */
  async #load(entry: Entry, rung: number, back: number | null): Promise<void> {
    const tried = new Set<number>();
    let failure: Error | null = null;
    for (let next = rung; ;) {
      tried.add(next);
      entry.rung = next;
      entry.coming = next;
      try {
        const reported = await this.#loadRung(entry, next);
        entry.loaded = true;
        entry.coming = null;
        entry.reported = reported;
        break;
      } catch (error) {
        const lower: number | null = isOutOfMemory(error)
          ? ((await this.advice?.ranOutOfMemory(this.#governed(entry))) ?? back)
          : back;
        if (lower === null || tried.has(lower)) throw error;
        if (!isOutOfMemory(error)) failure = error instanceof Error ? error : new Error(String(error));
        next = lower;
      }
    }
    if (failure !== null) throw failure;
  }

  /** Loads a rung, learns from what it took, and resolves with what the engine says of that. */
  async #loadRung(entry: Entry, rung: number): Promise<BytesByDomain | null> {
    const { variant, point } = this.#rung(entry, rung);
    const before = await this.#usedFor(entry);
    const { loadMs } = await this.#options.runtime.load(variant, loadOptionsOf(point));
    entry.reloadMs = loadMs > 0 ? loadMs : entry.reloadMs;
    const reported = (await this.#options.reported?.(variant).catch(() => null)) ?? null;
    const after = reported === null && before !== null ? await this.#usedFor(entry) : null;
    // An engine does not count what the driver takes beside it: that it says less corrects nothing.
    const predicted = entry.served.ladder[rung]?.bytes ?? {};
    if (reported !== null) entry.observed.set(rung, largerOf(reported, predicted));
    else if (before !== null && after !== null) entry.observed.set(rung, sumOf(after, before, -1));
    entry.ladder = correctedLadder(entry.served.ladder, entry.observed);
    return reported;
  }

  /** Null while another model comes or goes: what is read then is not this one's alone. */
  async #usedFor(entry: Entry): Promise<BytesByDomain | null> {
    const isAlone = [...this.#entries.values()].every((other) => other === entry || other.changing === null);
    return isAlone ? ((await this.#options.used?.().catch(() => null)) ?? null) : null;
  }

  /** Requests that name a level take no lease; they too are answered to their end. */
  async #unload(variant: string): Promise<void> {
    await this.#options.runtime.unload(variant, { drainMs: Number.POSITIVE_INFINITY });
  }

  /** The model as the governor sees it. */
  #governed({ served, ladder, gate, changing, coming, fading, dropped, ...entry }: Entry): GovernedModel {
    const { bytes = {}, cacheBytes = {} } = ladder[entry.rung] ?? {};
    const activeRequests = gate.active + gate.waiting;
    const canDrop = this.#options.runtime.dropIdleCache !== undefined && dropped === null && activeRequests === 0;
    const others = fading?.bytes ?? {};
    const isChanged = fading !== null || dropped !== null;
    return {
      name: served.name,
      ladder,
      rung: entry.rung,
      loaded: entry.loaded,
      pin: entry.pin,
      changing: changing !== null,
      activeRequests,
      concurrencyLimit: entry.concurrencyLimit,
      idleCache: entry.loaded && canDrop ? cacheBytes : {},
      reported: isChanged ? sumOf(sumOf(entry.reported ?? bytes, others), dropped ?? {}, -1) : entry.reported,
      ...(coming === null ? {} : { incoming: ladder[coming]?.bytes }),
      lastUsedMs: entry.lastUsedMs,
      reloadMs: entry.reloadMs,
    };
  }

  #open(entry: Entry): void {
    entry.gate.open(entry.rung, entry.concurrencyLimit ?? this.#rung(entry, entry.rung).point.parallel);
  }

  #entry(model: string): Entry {
    const entry = this.#entries.get(model);
    if (entry === undefined) throw new InvalidInputError(`${model} is not served here.`);
    return entry;
  }

  #rung({ served, ladder }: Entry, index: number): ServedRung {
    const rung = ladder[index];
    if (rung === undefined) throw new InvalidInputError(`${served.name} has no point number ${index}.`);
    return rung;
  }
}

/** Each memory's larger number, where both name it. */
function largerOf(a: BytesByDomain, b: BytesByDomain): BytesByDomain {
  return Object.fromEntries(Object.entries(a).map(([domain, bytes]) => [domain, Math.max(bytes, b[domain] ?? bytes)]));
}

function sumOf(a: BytesByDomain, b: BytesByDomain, sign: 1 | -1 = 1): BytesByDomain {
  const domains = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(domains.map((domain) => [domain, Math.max(0, (a[domain] ?? 0) + sign * (b[domain] ?? 0))]));
}
