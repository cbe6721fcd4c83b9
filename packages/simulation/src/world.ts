import type { GovernedModel, GovernorAction, HeatReading, MemoryReading } from '@plimsoll/domain';
import type { PolicyView, SimulatedPolicy } from './simulated-policy.js';
import { emptyTally } from './tally.js';
import type { Tally } from './tally.js';
import { drawnW, marginC, nextThermal, restingState } from './thermal-model.js';
import type { ThermalState } from './thermal-model.js';
import type { Trace, TraceEvent } from './trace.js';
import { asGoverned, heldBy, newModel, rungOf } from './world-model.js';
import type { SimulatedModel } from './world-model.js';

/** A request that waited longer than this is late; one that waited longer than that is refused. */
const LATE_MS = 10_000;
const REFUSED_MS = 60_000;
/** How much slower all is while the device is overcommitted and pages. */
const PAGING_SLOWDOWN = 5;
const THROTTLED_SHARE = 0.6;
const HARD_BAND_SHARE = 0.05;

/**
 * A machine with models in it: loads take time, answers take tokens, others take memory. It is a model and says so:
 * several answers at once share `speed × n^0.7`, a device that is overcommitted pages and is five times slower, a load
 * that finds too little memory fails.
 */
export class World {
  readonly tally: Tally = emptyTally();
  readonly models: readonly SimulatedModel[];
  nowMs = 0;
  readonly #trace: Trace;
  readonly #policy: SimulatedPolicy;
  #foreign = { device: 0, host: 0, cache: 0 };
  #ambientC = 25;
  #thermal: ThermalState = restingState(25);
  #probeLost = false;
  #readAtMs = 0;
  #lastUsed = { device: 0, host: 0 };
  #loadFailsAbove: number | null = null;

  constructor(trace: Trace, policy: SimulatedPolicy) {
    this.#trace = trace;
    this.#policy = policy;
    this.models = trace.models.map(newModel);
  }

  get deviceUsedBytes(): number {
    return this.#foreign.device + this.#held('device');
  }

  get deviceForeignBytes(): number {
    return this.#foreign.device;
  }

  apply(event: TraceEvent): void {
    const { foreignBytes, hostForeignBytes, pageCacheBytes, ambientC, probe, loadFailsAbove, request } = event;
    this.#foreign = {
      device: foreignBytes ?? this.#foreign.device,
      host: hostForeignBytes ?? this.#foreign.host,
      cache: pageCacheBytes ?? this.#foreign.cache,
    };
    this.#ambientC = ambientC ?? this.#ambientC;
    if (probe !== undefined) this.#probeLost = probe === 'lost';
    if (loadFailsAbove !== undefined) this.#loadFailsAbove = loadFailsAbove;
    if (request === undefined) return;
    const { model, tokens } = request;
    const arrived = { model, tokens, tokensLeft: tokens, arrivedMs: this.nowMs, startedMs: null, loss: 0 };
    this.#find(model)?.queue.push(arrived);
  }

  /** Lets time pass. */
  step(stepMs: number): void {
    this.nowMs += stepMs;
    for (const model of this.models) this.#settle(model);
    for (const model of this.models) this.#admit(model);
    for (const model of this.models) this.#answer(model, stepMs);
    const drawn = this.models.map((model) => drawnW(model.loaded ? rungOf(model).powerW : null, model.active.length));
    this.#thermal = nextThermal(this.#thermal, Math.max(...drawn), this.#ambientC, stepMs);
    const free = this.#trace.deviceBytes - this.deviceUsedBytes;
    if (this.#thermal.throttling) this.tally.slowedMs += stepMs;
    if (free < 0) this.tally.overLineMs += stepMs;
    if (free < this.#trace.deviceBytes * HARD_BAND_SHARE) this.tally.hardBandMs += stepMs;
  }

  /** What a policy sees now. */
  view(): PolicyView {
    const { deviceBytes, hostBytes, limitBytes } = this.#trace;
    if (!this.#probeLost) {
      this.#readAtMs = this.nowMs;
      this.#lastUsed = { device: this.deviceUsedBytes, host: this.#foreign.host + this.#held('host') };
    }
    const atMs = this.#readAtMs;
    const memory: readonly MemoryReading[] = [
      { domain: 'device', atMs, totalBytes: deviceBytes, usedBytes: Math.min(deviceBytes, this.#lastUsed.device) },
      { domain: 'host', atMs, totalBytes: hostBytes, usedBytes: this.#lastUsed.host },
    ];
    const busiest = this.#busiest();
    const heat: readonly HeatReading[] = [
      {
        device: 'device',
        atMs,
        throttling: this.#thermal.throttling,
        marginC: marginC(this.#thermal),
        powerW: busiest === undefined ? null : drawnW(rungOf(busiest).powerW, busiest.active.length),
      },
    ];
    const outOfMemory = this.models.filter((model) => model.outOfMemory).map(({ facts }) => facts.name);
    return {
      nowMs: this.nowMs,
      memory,
      heat,
      models: this.models.map(asGoverned),
      outOfMemory,
      ...(limitBytes === null ? {} : { limitBytes: { device: limitBytes } }),
      hostUsedWithCacheShare: (this.#lastUsed.host + this.#foreign.cache) / hostBytes,
    };
  }

  /** Does what was decided. */
  act(action: GovernorAction | null): void {
    for (const model of this.models) model.outOfMemory = false;
    const model = action === null ? undefined : this.#find(action.model);
    if (action === null || model === undefined) return;
    switch (action.kind) {
      case 'unload':
        this.#letGo(model);
        return;
      case 'limit-concurrency':
        model.concurrencyLimit = action.to;
        return;
      case 'switch':
        this.tally.switches += 1;
        if (model.loaded) model.drainingTo = action.to;
        else model.rung = action.to;
        return;
      case 'drop-idle-cache':
        return;
    }
  }

  /** What is still waiting or running at the end was not answered. */
  end(): Tally {
    for (const { queue, active } of this.models) this.tally.lost += queue.length + active.length;
    return this.tally;
  }

  #settle(model: SimulatedModel): void {
    if (model.loading !== null && this.nowMs >= model.loading.readyMs) {
      model.rung = model.loading.rung;
      model.loading = null;
      model.loaded = true;
      model.lastUsedMs = this.nowMs;
    }
    if (model.drainingTo !== null && model.active.length === 0) {
      model.loaded = false;
      this.#load(model, model.drainingTo);
      model.drainingTo = null;
    }
    const refused = model.queue.filter(({ arrivedMs }) => this.nowMs - arrivedMs > REFUSED_MS);
    this.tally.lost += refused.length;
    for (const request of refused) model.queue.splice(model.queue.indexOf(request), 1);
  }

  #load(model: SimulatedModel, rung: number): void {
    const bytes = model.facts.ladder[rung]?.bytes['device'] ?? 0;
    const free = this.#trace.deviceBytes - this.deviceUsedBytes;
    model.rung = rung;
    if (bytes > free || (this.#loadFailsAbove !== null && bytes > this.#loadFailsAbove)) {
      model.outOfMemory = true;
      return;
    }
    this.tally.loads += 1;
    model.loading = { rung, readyMs: this.nowMs + model.facts.loadMs };
  }

  #letGo(model: SimulatedModel): void {
    model.loaded = false;
    model.leftMs = this.nowMs;
  }

  #admit(model: SimulatedModel): void {
    if (model.queue.length === 0 || model.loaded || model.loading !== null || model.outOfMemory) return;
    const governed: GovernedModel = { ...asGoverned(model), activeRequests: 1 };
    const admission = this.#policy.admit(this.view(), governed);
    if (admission === null) return;
    for (const name of admission.unload) {
      const other = this.#find(name);
      if (other !== undefined) this.#letGo(other);
    }
    this.#load(model, admission.rung);
  }

  #answer(model: SimulatedModel, stepMs: number): void {
    if (!model.loaded) return;
    const rung = rungOf(model);
    const places = model.concurrencyLimit ?? rung.point.parallel;
    while (model.drainingTo === null && model.active.length < places) {
      const request = model.queue.shift();
      if (request === undefined) break;
      if (this.nowMs - request.arrivedMs > LATE_MS) this.tally.late += 1;
      model.active.push(Object.assign(request, { startedMs: this.nowMs, loss: rung.loss ?? 0 }));
    }
    if (model.active.length === 0) return;
    model.lastUsedMs = this.nowMs;
    const each = ((rung.decodeTokensPerSecond ?? 0) * model.active.length ** 0.7) / model.active.length;
    const slow = (this.#thermal.throttling ? THROTTLED_SHARE : 1) / (this.#isOvercommitted() ? PAGING_SLOWDOWN : 1);
    for (const request of model.active) request.tokensLeft -= (each * slow * stepMs) / 1000;
    for (const { tokens, loss } of model.active.filter(({ tokensLeft }) => tokensLeft <= 0)) {
      this.tally.answered += 1;
      this.tally.tokens += tokens;
      this.tally.lossTokens += tokens * loss;
    }
    model.active = model.active.filter(({ tokensLeft }) => tokensLeft > 0);
  }

  #isOvercommitted(): boolean {
    return this.deviceUsedBytes > this.#trace.deviceBytes;
  }

  #busiest(): SimulatedModel | undefined {
    return this.models.filter(({ loaded }) => loaded).sort((a, b) => b.active.length - a.active.length)[0];
  }

  #held(domain: 'device' | 'host'): number {
    return this.models.reduce((sum, model) => sum + (heldBy(model)[domain] ?? 0), 0);
  }

  #find(name: string): SimulatedModel | undefined {
    return this.models.find(({ facts }) => facts.name === name);
  }
}
