import { BusyError, CancelledError } from '@plimsoll/domain';
import type { CallOptions, Clock } from '@plimsoll/domain';

/** How long requests wait, and how many. */
export interface GateLimits {
  /** Most requests that wait at the same time. */
  readonly mostWaiting: number;
  readonly waitMs: number;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Lets requests to one model through while it is open and has places, in the order in which they came. The queue is
 * bounded and each wait has an end, so that a model that cannot be served refuses clearly instead of piling up.
 */
export class RequestGate {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #limits: GateLimits;
  readonly #waiting: Waiter[] = [];
  #open = false;
  #places = 1;
  #active = 0;
  #onDrained: (() => void)[] = [];

  constructor(clock: Pick<Clock, 'sleep'>, limits: GateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Requests that are being answered. */
  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets requests through, so many at the same time. */
  open(places: number): void {
    this.#open = true;
    this.#places = Math.max(1, places);
    this.#letIn();
  }

  /** Holds new requests back; those that run go on. */
  close(): void {
    this.#open = false;
  }

  /** Resolves when nothing is being answered. Meant for a closed gate. */
  async drained(): Promise<void> {
    if (this.#active === 0) return;
    await new Promise<void>((resolve) => this.#onDrained.push(resolve));
  }

  /**
   * Waits for a place and takes it; the returned function gives it back and may be called more than once.
   * @throws BusyError when too many wait or the wait was too long, CancelledError
   */
  async enter({ signal }: CallOptions = {}): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#open && this.#active < this.#places && this.#waiting.length === 0) this.#active += 1;
    else await this.#wait(signal);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#active -= 1;
      if (this.#active === 0) for (const resolve of this.#onDrained.splice(0)) resolve();
      this.#letIn();
    };
  }

  /** Refuses everybody who waits. */
  refuseAll(error: Error): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.length >= this.#limits.mostWaiting) {
      throw new BusyError(`${this.#limits.mostWaiting} requests are waiting for this model already.`);
    }
    const ended = new AbortController();
    try {
      await new Promise<void>((admit, refuse) => {
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
    while (this.#open && this.#active < this.#places) {
      const waiter = this.#waiting.shift();
      if (waiter === undefined) return;
      this.#active += 1;
      waiter.admit();
    }
  }
}
