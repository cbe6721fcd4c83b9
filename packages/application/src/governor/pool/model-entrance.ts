import { NothingFitsError } from '@plimsoll/domain';
import type { Admission, Clock } from '@plimsoll/domain';
import { POLL_MS, RETURN_MS } from './memory-returns.js';
import type { ModelChanges } from './model-changes.js';
import type { PoolAdvice } from './pool-advice.js';
import type { PooledModel } from './pooled-model.js';

/** What models are brought in with. */
export interface ModelEntranceOptions {
  readonly changes: ModelChanges;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly advice: () => PoolAdvice | null;
  readonly modelOf: (name: string) => PooledModel;
}

/**
 * So long a model waits for others to be idle. Then they let their answers end and go for it, and come back beside it or
 * after as long a wait of their own. A quarter of what a request may wait, since a drain and a load follow.
 */
const FAIR_WAIT_MS = 30_000;

/** Brings models in, once there is room for them: from free memory, from idle models, at last from those at work. */
export class ModelEntrance {
  readonly #options: ModelEntranceOptions;
  /** Models come in one after the other, so that no two count on the same room. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ModelEntranceOptions) {
    this.#options = options;
  }

  /** Begins to load a model that somebody waits for; those are refused when that fails. */
  bringIn(model: PooledModel): void {
    if (model.changing !== null) return;
    const { changes } = this.#options;
    void changes
      .change(model, async () => {
        const advice = this.#options.advice();
        const rung = advice === null ? model.rung : await this.#admission(model, advice);
        if (rung !== null) await changes.load(model, rung, null);
      })
      .catch(() => undefined);
  }

  /** The rung at which a model comes in, once there is room for it; null when nobody waits for it any more. */
  async #admission(model: PooledModel, advice: PoolAdvice): Promise<number | null> {
    const { clock } = this.#options;
    let sinceMs = clock.nowMs();
    for (let waitedMs = 0; model.gate.waiting > 0;) {
      let admission = await this.#admitted(model, advice, [], waitedMs >= RETURN_MS);
      if (admission === 'wait' && clock.nowMs() - sinceMs >= FAIR_WAIT_MS) {
        admission = await this.#afterOthers(model, advice);
        sinceMs = clock.nowMs();
      }
      if (admission !== null && admission !== 'wait') return admission.rung;
      if (admission === null && waitedMs >= RETURN_MS) {
        throw new NothingFitsError(`No point of ${model.served.name} fits the memory that is free now.`);
      }
      waitedMs = admission === null ? waitedMs + POLL_MS : 0;
      await clock.sleep(POLL_MS);
    }
    return null;
  }

  /** Asks for room, and takes it. */
  #admitted(
    model: PooledModel,
    advice: PoolAdvice,
    beside: readonly string[],
    isLastResort = false,
  ): Promise<Admission | 'wait' | null> {
    const { changes, modelOf } = this.#options;
    return this.#inTurn(async () => {
      const advised = await advice.admit(model.governed(), beside, isLastResort);
      if (advised === null || advised === 'wait') return advised;
      const leaving = advised.unload.map(modelOf);
      // Asked for in the meantime: the plan no longer holds.
      if (leaving.some(({ changing, gate }) => changing !== null || gate.active + gate.waiting > 0)) return 'wait';
      for (const other of leaving) await changes.change(other, () => changes.letGo(other));
      model.coming = advised.rung;
      return advised;
    });
  }

  /** Has those in the way let their answers end and go, and holds them back until the model has got its room. */
  async #afterOthers(model: PooledModel, advice: PoolAdvice): Promise<Admission | 'wait'> {
    const names = await advice.inTheWay(model.governed());
    return this.#whileEmpty(names, async () => {
      for (let waitedMs = 0; model.gate.waiting > 0 && waitedMs <= RETURN_MS; waitedMs += POLL_MS) {
        const admission = await this.#admitted(model, advice, names);
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
    const { changes, modelOf } = this.#options;
    const first = modelOf(name);
    if (first.changing !== null || !first.loaded) return this.#whileEmpty(rest, work);
    return changes.change(first, async () => {
      await changes.letGo(first);
      return this.#whileEmpty(rest, work);
    });
  }

  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
