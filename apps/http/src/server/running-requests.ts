import type { FastifyReply } from 'fastify';

/** One request that may take long. */
export interface RunningRequest {
  /** Aborts when its client goes away before the answer is complete, and when the server can wait no longer. */
  readonly signal: AbortSignal;
  /** To be called when it is over. */
  readonly done: () => void;
}

/** The long requests in progress, so that a shutdown can end them. */
export class RunningRequests {
  readonly #stops = new Set<AbortController>();

  /** How many there are. */
  get count(): number {
    return this.#stops.size;
  }

  /** Begins one. */
  begin({ raw }: Pick<FastifyReply, 'raw'>): RunningRequest {
    const stop = new AbortController();
    this.#stops.add(stop);
    raw.once('close', () => {
      if (!raw.writableFinished) stop.abort();
    });
    // Whoever left before is not heard of again.
    if (raw.destroyed) stop.abort();
    return { signal: stop.signal, done: () => this.#stops.delete(stop) };
  }

  /** Cancels all. */
  abortAll(): void {
    for (const stop of this.#stops) stop.abort();
  }
}
