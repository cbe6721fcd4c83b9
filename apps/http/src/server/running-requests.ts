import type { Stoppable } from '@plimsoll/transport';
import type { FastifyReply } from 'fastify';

/**
 * The long requests in progress, so that a shutdown can end them. In an array, and not in a set: what V8 drops of a set when
 * it grows keeps alive what was in it until the whole heap is collected, and with it all of so many requests.
 */
export class RunningRequests {
  readonly #running: RunningRequest[] = [];

  /** How many there are. */
  get count(): number {
    return this.#running.length;
  }

  /** Begins one. */
  begin({ raw }: Pick<FastifyReply, 'raw'>): RunningRequest {
    const request = new RunningRequest(() => this.#end(request));
    this.#running.push(request);
    raw.on('close', () => {
      if (!raw.writableFinished) request.stop();
    });
    // Whoever left before is not heard of again.
    if (raw.destroyed) request.stop();
    return request;
  }

  /** Cancels all. */
  abortAll(): void {
    for (const request of [...this.#running]) request.stop();
  }

  #end(request: RunningRequest): void {
    const index = this.#running.indexOf(request);
    if (index < 0) return;
    const last = this.#running.pop();
    if (last !== undefined && last !== request) this.#running[index] = last;
  }
}

/**
 * One request that may take long. It is stopped when its client goes away before the answer is complete, and when the
 * server can wait no longer.
 */
export class RunningRequest implements Stoppable {
  /** To be called when it is over. */
  readonly done: () => void;
  #listeners: readonly (() => void)[] = [];
  #controller: AbortController | null = null;
  #aborted = false;

  constructor(done: () => void) {
    this.done = done;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Made when it is first asked for: signals cost more than all else that a passed request keeps. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = [...this.#listeners, listener];
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners.filter((one) => one !== listener);
  }

  /** Ends it; once. */
  stop(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller?.abort();
    for (const listener of this.#listeners) listener();
  }
}
