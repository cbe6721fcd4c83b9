import { isOutOfMemory } from '@plimsoll/domain';
import type { BytesByDomain, Clock } from '@plimsoll/domain';
import { POLL_MS, RETURN_MS } from './memory-returns.js';
import type { PoolAdvice } from './pool-advice.js';
import type { PooledModel } from './pooled-model.js';
import type { RungLoader } from './rung-loader.js';

/** What models are changed with. */
export interface ModelChangesOptions {
  readonly loader: RungLoader;
  readonly clock: Pick<Clock, 'nowMs' | 'sleep'>;
  readonly advice: () => PoolAdvice | null;
  /** Told of a model that is not loaded after a change, and that somebody waits for. */
  readonly onWanted: (model: PooledModel) => void;
}

/**
 * Moves a model to another point, or lets it go: beside the present one where both fit, so that new requests go to the
 * new one, and the old one goes when its answers are done. Else new requests wait while the running answers end.
 */
export class ModelChanges {
  readonly #options: ModelChangesOptions;

  constructor(options: ModelChangesOptions) {
    this.#options = options;
  }

  /** One change at a time. Whoever waits is refused when it fails and leaves nothing loaded. */
  async change<Value>(model: PooledModel, work: () => Promise<Value>): Promise<Value> {
    while (model.changing !== null) await model.changing.catch(() => undefined);
    const changing = work();
    model.changing = changing;
    try {
      return await changing;
    } catch (error) {
      if (!model.loaded) model.gate.refuseAll(error instanceof Error ? error : new Error(String(error)));
      throw error;
    } finally {
      model.changing = null;
      model.coming = null;
      if (model.loaded) model.open();
      else if (model.gate.waiting > 0) this.#options.onWanted(model);
    }
  }

  /** Within a change. */
  async switch(model: PooledModel, to: number, from: number): Promise<void> {
    if (await this.#switchBeside(model, to)) return;
    await this.empty(model);
    for (let waitedMs = 0; waitedMs < RETURN_MS; waitedMs += POLL_MS) {
      if ((await this.#options.advice()?.hasRoomFor(model.governed(), to)) !== false) break;
      await this.#options.clock.sleep(POLL_MS);
    }
    await this.load(model, to, from);
  }

  /** Within a change: holds new requests back, lets the running answers end, and unloads. */
  async empty(model: PooledModel): Promise<void> {
    model.gate.close();
    await model.gate.drained();
    if (model.loaded) await this.#options.loader.unload(model.rungAt().variant);
    model.gone();
  }

  /** Within a change: empties a model that has to go, and may be wanted again. */
  async letGo(model: PooledModel): Promise<void> {
    await this.empty(model);
    model.leftMs = this.#options.clock.nowMs();
  }

  /**
   * Within a change: loads a rung. For want of memory a smaller one follows, or the one before; after any other failure
   * the one before is loaded again and the failure is thrown. No rung is tried twice.
   */
  async load(model: PooledModel, rung: number, back: number | null): Promise<void> {
    const tried = new Set<number>();
    let failure: Error | null = null;
    for (let next = rung; ;) {
      tried.add(next);
      model.rung = next;
      model.coming = next;
      try {
        const reported = await this.#options.loader.load(model, next);
        model.loaded = true;
        model.coming = null;
        model.reported = reported;
        break;
      } catch (error) {
        const lower: number | null = isOutOfMemory(error)
          ? ((await this.#options.advice()?.ranOutOfMemory(model.governed())) ?? back)
          : back;
        if (lower === null || tried.has(lower)) throw error;
        if (!isOutOfMemory(error)) failure = error instanceof Error ? error : new Error(String(error));
        next = lower;
      }
    }
    if (failure !== null) throw failure;
  }

  /** Loads the new point, lets new requests go there, and unloads the old one after its last answer. False: no room. */
  async #switchBeside(model: PooledModel, to: number): Promise<boolean> {
    const old = model.rungAt();
    const next = model.rungAt(to);
    // A backend knows a variant by its name, and has it once.
    if (!model.loaded || next.variant === old.variant) return false;
    if ((await this.#options.advice()?.fitsBeside(model.governed(), to)) !== true) return false;
    model.coming = to;
    let reported: BytesByDomain | null;
    try {
      reported = await this.#options.loader.load(model, to);
    } catch (error) {
      if (isOutOfMemory(error)) return false;
      throw error;
    } finally {
      model.coming = null;
    }
    model.fading = { rung: model.rung, bytes: model.reported ?? old.bytes };
    model.rung = to;
    model.dropped = null;
    model.reported = reported;
    model.open();
    try {
      await model.gate.drained(to);
      await this.#options.loader.unload(old.variant);
    } finally {
      model.fading = null;
    }
    return true;
  }
}
