import { BusyError, CancelledError } from '@plimsoll/domain';
import type { CallOptions, Clock } from '@plimsoll/domain';

/** How long requests wait, and how many. */
export interface GateLimits {
  /** Most requests that wait at the same time. */
  readonly mostWaiting: number;
  readonly waitMs: number;
}

/** A place behind the gate. */
export interface Entered<To> {
  /** Where it led when this request went in. */
  readonly to: To;
  /** Gives the place back; may be called more than once. */
  readonly leave: () => void;
}

interface Waiter<To> {
  readonly admit: (entered: Entered<To>) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Lets requests to one model through while it is open and has places, in the order in which they came. The queue is
 * bounded and each wait has an end, so that a model that cannot be served refuses clearly instead of piling up. It leads
 * to one point at a time; those that went to an earlier one take no place of the present one.
 */
export class RequestGate<To> {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #limits: GateLimits;
  readonly #waiting: Waiter<To>[] = [];
  #open: { readonly to: To; readonly places: number } | null = null;
  /** Requests that are being answered, by the point that they went to. */
  readonly #active = new Map<To, number>();
  #draining: { readonly except: To | undefined; readonly resolve: () => void }[] = [];

  constructor(clock: Pick<Clock, 'sleep'>, limits: GateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Requests that are being answered. */
  get active(): number {
    return this.#activeExcept(undefined);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets requests through to a point, so many at the same time. */
  open(to: To, places: number): void {
    this.#open = { to, places: Math.max(1, places) };
    this.#letIn();
  }

  /** Holds new requests back; those that run go on. */
  close(): void {
    this.#open = null;
  }

  /** Resolves when nothing is being answered, or only what went to `except`. */
  async drained(except?: To): Promise<void> {
    if (this.#activeExcept(except) === 0) return;
    await new Promise<void>((resolve) => this.#draining.push({ except, resolve }));
  }

  /**
   * Waits for a place and takes it.
   * @throws BusyError when too many wait or the wait was too long, CancelledError
   */
  async enter({ signal }: CallOptions = {}): Promise<Entered<To>> {
    signal?.throwIfAborted();
    const free = this.#waiting.length === 0 ? this.#take() : null;
    return free ?? this.#wait(signal);
  }

  /** Refuses everybody who waits. */
  refuseAll(error: Error): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }

  async #wait(signal: AbortSignal | undefined): Promise<Entered<To>> {
    if (this.#waiting.length >= this.#limits.mostWaiting) {
      throw new BusyError(`${this.#limits.mostWaiting} requests are waiting for this model already.`);
    }
    const ended = new AbortController();
    try {
      return await new Promise<Entered<To>>((admit, refuse) => {
        const waiter = { admit, refuse };
        this.#waiting.push(waiter);
        const leave = (error: Error): void => {
          const place = this.#waiting.indexOf(waiter);
          if (place === -1) return;
          this.#waiting.splice(place, 1);
          refuse(error);
        };
        const cancel = (): void => leave(new CancelledError('The request was cancelled while it waited.'));
        signal?.addEventListener('abort', cancel, { signal: ended.signal });
        const tooLong = new BusyError(`The model was not ready within ${this.#limits.waitMs / 1000} seconds.`);
        this.#clock.sleep(this.#limits.waitMs, { signal: ended.signal }).then(
          () => leave(tooLong),
          () => undefined,
        );
      });
    } finally {
      ended.abort();
    }
  }

  #letIn(): void {
    while (this.#waiting.length > 0) {
      const entered = this.#take();
      if (entered === null) return;
      this.#waiting.shift()?.admit(entered);
    }
  }

  /** A place, or null when there is none now. */
  #take(): Entered<To> | null {
    if (this.#open === null) return null;
    const { to, places } = this.#open;
    const active = this.#active.get(to) ?? 0;
    if (active >= places) return null;
    this.#active.set(to, active + 1);
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      const rest = (this.#active.get(to) ?? 1) - 1;
      if (rest === 0) this.#active.delete(to);
      else this.#active.set(to, rest);
      const isDone = ({ except }: { readonly except: To | undefined }): boolean => this.#activeExcept(except) === 0;
      const done = this.#draining.filter(isDone);
      this.#draining = this.#draining.filter((waiter) => !done.includes(waiter));
      for (const { resolve } of done) resolve();
      this.#letIn();
    };
    return { to, leave };
  }

  #activeExcept(except: To | undefined): number {
    let sum = 0;
    for (const [to, active] of this.#active) if (to !== except) sum += active;
    return sum;
  }
}
