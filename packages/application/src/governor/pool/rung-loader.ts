import { loadOptionsOf } from '@plimsoll/domain';
import type { BytesByDomain, ModelRuntime } from '@plimsoll/domain';
import type { PooledModel } from './pooled-model.js';
import { sumOf } from './sum-of-bytes.js';

/** What rungs are loaded with, and how to see what a load took. */
export interface RungLoaderOptions {
  readonly runtime: Pick<ModelRuntime, 'dropIdleCache' | 'load' | 'unload'>;
  /** What the engine says that a loaded variant holds; null when it does not say. */
  readonly reported?: ((variant: string) => Promise<BytesByDomain | null>) | undefined;
  /** What is in use of the devices now, by all programs: for engines that do not say what they hold. */
  readonly used?: (() => Promise<BytesByDomain>) | undefined;
}

/** Loads and unloads rungs, and learns from what they take. */
export class RungLoader {
  readonly #options: RungLoaderOptions;
  readonly #isAlone: (model: PooledModel) => boolean;

  /** @param isAlone whether no other model comes or goes now: what is read then is this one's alone. */
  constructor(options: RungLoaderOptions, isAlone: (model: PooledModel) => boolean) {
    this.#options = options;
    this.#isAlone = isAlone;
  }

  /** Loads a rung, learns from what it took, and resolves with what the engine says of that. */
  async load(model: PooledModel, rung: number): Promise<BytesByDomain | null> {
    const { variant, point } = model.rungAt(rung);
    const before = await this.#usedFor(model);
    const { loadMs } = await this.#options.runtime.load(variant, loadOptionsOf(point));
    model.reloadMs = loadMs > 0 ? loadMs : model.reloadMs;
    const reported = (await this.#options.reported?.(variant).catch(() => null)) ?? null;
    const after = reported === null && before !== null ? await this.#usedFor(model) : null;
    // An engine does not count what the driver takes beside it: that it says less corrects nothing.
    const predicted = model.served.ladder[rung]?.bytes ?? {};
    if (reported !== null) model.learn(rung, largerOf(reported, predicted));
    else if (before !== null && after !== null) model.learn(rung, sumOf(after, before, -1));
    return reported;
  }

  /** Requests that name a level take no lease; they too are answered to their end. */
  async unload(variant: string): Promise<void> {
    await this.#options.runtime.unload(variant, { drainMs: Number.POSITIVE_INFINITY });
  }

  /** Not while it answers: the engine sees to that, whoever asks it. */
  async dropCache(model: PooledModel): Promise<void> {
    const { variant, cacheBytes = {} } = model.rungAt();
    if (!model.loaded) return;
    const isDropped = (await this.#options.runtime.dropIdleCache?.(variant).catch(() => false)) === true;
    // Where it could not, it is not tried again before it is asked for.
    if (model.gate.active === 0) model.dropped = isDropped ? cacheBytes : {};
  }

  async #usedFor(model: PooledModel): Promise<BytesByDomain | null> {
    return this.#isAlone(model) ? ((await this.#options.used?.().catch(() => null)) ?? null) : null;
  }
}

/** Each memory's larger number, where both name it. */
function largerOf(a: BytesByDomain, b: BytesByDomain): BytesByDomain {
  return Object.fromEntries(Object.entries(a).map(([domain, bytes]) => [domain, Math.max(bytes, b[domain] ?? bytes)]));
}
