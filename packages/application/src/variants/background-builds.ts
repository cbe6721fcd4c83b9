import { BusyError, isPlimsollError } from '@plimsoll/domain';
import type { BuildProgress, Clock, EventBus, VariantLevel, PlimsollError } from '@plimsoll/domain';
import type { EnsureVariant } from './ensure-variant.js';

/** A variant that is being made while another one answers. */
export interface ComingVariant {
  readonly model: string;
  readonly level: VariantLevel;
  /** What is happening, such as `quantizing`; `waiting` until it is its turn. */
  readonly phase: string;
  /** Share of the phase that is done, 0 to 1; null when unknown. */
  readonly fraction: number | null;
}

/** Variants that wait for their turn; each takes all cores or the whole line. */
const MOST_WAITING = 16;
/** How long a failure counts before it is tried again. */
const FAILED_MS = 5 * 60_000;
const MOST_FAILURES = 64;
/** Events of progress are published for each percent. */
const STEPS = 100;

interface Failed {
  readonly error: PlimsollError;
  readonly atMs: number;
}

/** Makes missing variants one after the other, while others answer for them. */
export class BackgroundBuilds {
  readonly #ensure: Pick<EnsureVariant, 'ensure'>;
  readonly #bus: EventBus;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #stop = new AbortController();
  /** By model and level; the first is at work. */
  readonly #coming = new Map<string, ComingVariant>();
  readonly #failed = new Map<string, Failed>();
  #work: Promise<void> | null = null;

  constructor(ensure: Pick<EnsureVariant, 'ensure'>, bus: EventBus, clock: Pick<Clock, 'monotonicMs'>) {
    this.#ensure = ensure;
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Begins to make a variant, once however often it is asked for. Returns why it will not come; null when it will. */
  begin(model: string, level: VariantLevel): PlimsollError | null {
    const key = keyOf(model, level);
    if (this.#coming.has(key)) return null;
    const failed = this.#failed.get(key);
    if (failed !== undefined && this.#clock.monotonicMs() - failed.atMs < FAILED_MS) return failed.error;
    if (this.#coming.size > MOST_WAITING || this.#stop.signal.aborted) {
      return new BusyError(`${this.#coming.size} variants are being made already.`);
    }
    this.#failed.delete(key);
    this.#set({ model, level, phase: 'waiting', fraction: null });
    this.#work ??= this.#makeAll().finally(() => (this.#work = null));
    return null;
  }

  /** What is being made and what waits, in the order of their turns. */
  list(): readonly ComingVariant[] {
    return [...this.#coming.values()];
  }

  /** Cancels all, and waits for the one at work to end. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#work;
  }

  async #makeAll(): Promise<void> {
    // Whoever began it is answered first.
    await Promise.resolve();
    for (let next = this.list()[0]; next !== undefined; next = this.list()[0]) {
      await this.#make(next);
      this.#coming.delete(keyOf(next.model, next.level));
    }
  }

  async #make({ model, level }: ComingVariant): Promise<void> {
    const { signal } = this.#stop;
    const onProgress = ({ phase, completed, total }: BuildProgress): void => {
      const share = completed === null || total === null || total === 0 ? null : completed / total;
      const fraction = share === null ? null : Math.floor(share * STEPS) / STEPS;
      this.#set({ model, level, phase, fraction });
    };
    try {
      if (!signal.aborted) await this.#ensure.ensure(model, level, { make: true, signal, onProgress });
    } catch (error) {
      if (signal.aborted) return;
      if (isPlimsollError(error)) this.#remember(keyOf(model, level), error);
      const message = error instanceof Error ? error.message : String(error);
      this.#bus.publish({ type: 'variant-failed', model, level, message });
    }
  }

  #set(coming: ComingVariant): void {
    const key = keyOf(coming.model, coming.level);
    const before = this.#coming.get(key);
    if (before?.phase === coming.phase && before.fraction === coming.fraction) return;
    this.#coming.set(key, coming);
    this.#bus.publish({ type: 'variant-progress', ...coming });
  }

  #remember(key: string, error: PlimsollError): void {
    this.#failed.set(key, { error, atMs: this.#clock.monotonicMs() });
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > MOST_FAILURES && oldest !== undefined) this.#failed.delete(oldest);
  }
}

const keyOf = (model: string, level: VariantLevel): string => `${level} ${model}`;
