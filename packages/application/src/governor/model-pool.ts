import { InvalidInputError } from '@plimsoll/domain';
import type { CallOptions, Clock, GovernedModel, GovernorAction, Pin } from '@plimsoll/domain';
import { ModelChanges } from './pool/model-changes.js';
import { ModelEntrance } from './pool/model-entrance.js';
import type { PoolAdvice } from './pool/pool-advice.js';
import { PooledModel } from './pool/pooled-model.js';
import { RungLoader } from './pool/rung-loader.js';
import type { RungLoaderOptions } from './pool/rung-loader.js';
import type { ModelLease, ServedModel } from './pool/served-model.js';
import { RequestGate } from './request-gate.js';
import type { GateLimits } from './request-gate.js';

export type { ModelLease, ServedModel, ServedRung } from './pool/served-model.js';
export type { PoolAdvice } from './pool/pool-advice.js';

/** What the pool works with. */
export interface ModelPoolOptions extends RungLoaderOptions {
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly limits: GateLimits;
  /** Names of the variants that the backend holds now; absent where nothing leaves by itself. */
  readonly resident?: (() => Promise<readonly string[]>) | undefined;
}

/**
 * Owns which models are loaded at which point. Requests take leases; what the governor decides is carried out around
 * them. An answer is never moved or cut, and none mixes two points.
 */
export class ModelPool {
  readonly #options: ModelPoolOptions;
  readonly #models = new Map<string, PooledModel>();
  readonly #loader: RungLoader;
  readonly #changes: ModelChanges;
  readonly #entrance: ModelEntrance;
  advice: PoolAdvice | null = null;

  constructor(options: ModelPoolOptions) {
    const { clock } = options;
    const advice = (): PoolAdvice | null => this.advice;
    this.#options = options;
    this.#loader = new RungLoader(options, (model) =>
      [...this.#models.values()].every((other) => other === model || other.changing === null),
    );
    const onWanted = (model: PooledModel): void => this.#entrance.bringIn(model);
    this.#changes = new ModelChanges({ loader: this.#loader, clock, advice, onWanted });
    const modelOf = (name: string): PooledModel => this.#model(name);
    this.#entrance = new ModelEntrance({ changes: this.#changes, clock, advice, modelOf });
  }

  /** Serves a model; one that is served already keeps its state. */
  serve(served: ServedModel): void {
    if (served.ladder.length === 0) throw new InvalidInputError(`${served.name} has no point to be served at.`);
    if (this.#models.has(served.name)) return;
    const { clock, limits, runtime } = this.#options;
    const gate = new RequestGate<number>(clock, limits);
    const canDropCache = runtime.dropIdleCache !== undefined;
    this.#models.set(served.name, new PooledModel(served, gate, clock.nowMs(), canDropCache));
  }

  /** The models as the governor sees them. */
  models(): readonly GovernedModel[] {
    return [...this.#models.values()].map((model) => model.governed());
  }

  /** Takes note of models that the backend has let go by itself: by its own time limit, or because an engine ended. */
  async reconcile(): Promise<void> {
    const resident = await this.#options.resident?.().catch(() => null);
    if (resident === null || resident === undefined) return;
    for (const model of this.#models.values()) {
      const idle = model.changing === null && model.gate.active === 0;
      if (!model.loaded || !idle || resident.includes(model.rungAt().variant)) continue;
      model.gone();
      model.gate.close();
    }
  }

  /** Fixes a model where it is, or lets it go. */
  pin(model: string, pin: Pin): void {
    this.#model(model).pin = pin;
  }

  /**
   * A place on the model, loaded first where it is not.
   * @throws BusyError, CancelledError, NothingFitsError, and what the runtime throws
   */
  async lease(name: string, options: CallOptions = {}): Promise<ModelLease> {
    const model = this.#model(name);
    model.lastUsedMs = this.#options.clock.nowMs();
    if (model.gate.active + model.gate.waiting === 0) this.advice?.woken();
    if (!model.loaded) this.#entrance.bringIn(model);
    const { to, leave } = await model.gate.enter(options);
    // Its first answer takes it again.
    model.dropped = null;
    const { variant, digest, point } = model.rungAt(to);
    const release = (): void => {
      model.lastUsedMs = this.#options.clock.nowMs();
      leave();
    };
    return { rung: to, variant, digest, point, release };
  }

  /** Does what the governor decided. Resolves when it is done. */
  async perform(action: GovernorAction): Promise<void> {
    const model = this.#model(action.model);
    switch (action.kind) {
      case 'switch':
        return this.#changes.change(model, () => this.#changes.switch(model, action.to, action.from));
      case 'unload':
        return this.#changes.change(model, () => this.#changes.letGo(model));
      case 'limit-concurrency':
        model.concurrencyLimit = action.to;
        if (model.loaded && model.changing === null) model.open();
        return;
      case 'drop-idle-cache':
        return this.#changes.change(model, () => this.#loader.dropCache(model));
    }
  }

  /**
   * An answer at that rung ended for want of memory; its place has been given back. Resolves with whether the model has
   * been moved to a smaller point, so that it is worth asking again.
   */
  async ranOutOfMemory(name: string, rung: number): Promise<boolean> {
    const model = this.#model(name);
    let isWorthIt = true;
    await this.#changes.change(model, async () => {
      // Others may have failed for the same want, and been heard first.
      if (!model.loaded || model.rung !== rung) return;
      const to = (await this.advice?.ranOutOfMemory(model.governed())) ?? null;
      isWorthIt = to !== null;
      if (to === null) return;
      await this.#changes.empty(model);
      await this.#changes.load(model, to, null);
    });
    return isWorthIt;
  }

  #model(name: string): PooledModel {
    const model = this.#models.get(name);
    if (model === undefined) throw new InvalidInputError(`${name} is not served here.`);
    return model;
  }
}
