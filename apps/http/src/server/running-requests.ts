import type { Stoppable } from '@plimsoll/transport';
import type { FastifyReply } from 'fastify';

/** The long requests in progress, so that a shutdown can end them. */
export class RunningRequests {
  readonly #running = new Set<RunningRequest>();

  /** How many there are. */
  get count(): number {
    return this.#running.size;
  }

  /** Begins one. */
  begin({ raw }: Pick<FastifyReply, 'raw'>): RunningRequest {
    const request = new RunningRequest(() => this.#running.delete(request));
    this.#running.add(request);
    raw.on('close', () => {
      if (!raw.writableFinished) request.stop();
    });
    // Whoever left before is not heard of again.
    if (raw.destroyed) request.stop();
    return request;
  }

  /** Cancels all. */
  abortAll(): void {
    for (const request of this.#running) request.stop();
  }
}

/**
 * One request that may take long. It is stopped when its client goes away before the answer is complete, and when the
 * server can wait no longer.
 */
export class RunningRequest implements Stoppable {
  /** To be called when it is over. */
  readonly done: () => void;
  #listeners: Set<() => void> | null = null;
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
    (this.#listeners ??= new Set()).add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Ends it; once. */
  stop(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller?.abort();
    for (const listener of this.#listeners ?? []) listener();
  }
}
