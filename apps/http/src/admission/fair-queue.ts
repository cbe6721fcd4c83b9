import { BusyError, CancelledError } from '@plimsoll/domain';
import type { Stoppable } from '@plimsoll/transport';

/** How many requests to one model run and wait at the same time. */
export interface AdmissionLimits {
  /** Requests that are answered at the same time. */
  readonly concurrent: number;
  /** Requests that wait; one more is refused. */
  readonly mostWaiting: number;
  /** Longest wait, in milliseconds. */
  readonly waitMs: number;
}

/** Who waits. Of those that wait, `high` goes before `normal`, and that before `low`. */
export interface Applicant {
  readonly client: string;
  readonly priority: Priority;
  readonly signal?: Stoppable | undefined;
}

export const PRIORITIES = ['high', 'normal', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** A request that was refused for want of room, and when to try again. */
export class OverloadedError extends BusyError {
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/** Longest that a client is told to stay away. */
const MOST_SECONDS = 60;
/** Weight of the newest answer in the mean time of one. */
const NEWEST = 0.2;

/**
 * Requests to one model. Clients take turns, whoever has asked most, so that one with a thousand requests cannot shut
 * another out; within one client the order is that of arrival.
 */
export class FairQueue {
  readonly #limits: () => AdmissionLimits;
  /** By priority, then by client; the first client is the next. */
  readonly #lines: Readonly<Record<Priority, Map<string, Set<Waiter>>>> = {
    high: new Map(),
    normal: new Map(),
    low: new Map(),
  };
  #active = 0;
  #waiting = 0;
  /** Mean time that an answer takes. */
  #meanMs = 0;

  /** `limits` are asked each time: they may change. */
  constructor(limits: () => AdmissionLimits) {
    this.#limits = limits;
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Whether nobody runs or waits. */
  get isIdle(): boolean {
    return this.#active === 0 && this.#waiting === 0;
  }

  /**
   * A turn, at once or after a wait; the function ends it and may be called more than once.
   * @throws OverloadedError, CancelledError
   */
  enter(applicant: Applicant): (() => void) | Promise<() => void> {
    if (this.#waiting > 0 || this.#active >= this.#limits().concurrent) {
      return this.#wait(applicant).then(() => this.#begin());
    }
    this.#active += 1;
    return this.#begin();
  }

  #begin(): () => void {
    const startMs = performance.now();
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#meanMs += NEWEST * (performance.now() - startMs - this.#meanMs);
      this.#active -= 1;
      this.#letIn();
    };
  }

  async #wait({ client, priority, signal }: Applicant): Promise<void> {
    const { mostWaiting, waitMs } = this.#limits();
    if (this.#waiting >= mostWaiting) throw this.#overloaded(`${mostWaiting} requests wait for this model already.`);
    if (signal?.aborted === true) throw left();
    const line = this.#lines[priority];
    await new Promise<void>((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(deadline);
        signal?.removeEventListener('abort', onAbort);
        this.#remove(line, client, waiter);
        act();
      };
      const waiter: Waiter = {
        admit: () => settle(resolve),
        refuse: (error) => settle(() => reject(error)),
      };
      const onAbort = (): void => waiter.refuse(left());
      const deadline = setTimeout(
        () => waiter.refuse(this.#overloaded(`The request waited ${Math.round(waitMs / 1000)} s for its turn.`)),
        waitMs,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
      const waiters = line.get(client) ?? new Set();
      waiters.add(waiter);
      line.set(client, waiters);
      this.#waiting += 1;
    });
  }

  #remove(line: Map<string, Set<Waiter>>, client: string, waiter: Waiter): void {
    const waiters = line.get(client);
    if (waiters?.delete(waiter) !== true) return;
    this.#waiting -= 1;
    if (waiters.size === 0) line.delete(client);
  }

  #letIn(): void {
    while (this.#active < this.#limits().concurrent) {
      const next = this.#next();
      if (next === null) return;
      this.#active += 1;
      next.admit();
    }
  }

  #next(): Waiter | null {
    for (const priority of PRIORITIES) {
      const line = this.#lines[priority];
      for (const [client, waiters] of line) {
        // To the end of the line with its other requests.
        line.delete(client);
        line.set(client, waiters);
        for (const waiter of waiters) return waiter;
      }
    }
    return null;
  }

  #overloaded(message: string): OverloadedError {
    const seconds = (this.#waiting * this.#meanMs) / this.#limits().concurrent / 1000;
    return new OverloadedError(message, Math.min(MOST_SECONDS, Math.max(1, Math.ceil(seconds))));
  }
}

const left = (): CancelledError => new CancelledError('The client left while its request waited.');
