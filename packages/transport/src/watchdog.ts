import { CancelledError, TimeoutError } from '@plimsoll/domain';

/**
 * Joins a caller's cancellation and a time limit into one signal, and says afterwards which of the two it was.
 * The limit runs only between `arm` and `disarm`, so a slow consumer of a stream is never blamed on the server.
 */
export class Watchdog {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #server: string;
  readonly #task: string;
  #timer: NodeJS.Timeout | null = null;
  #expiredAfterMs: number | null = null;

  /**
   * @param server Who is waited for, and `task` what it should do, as in "Ollama" and "list its models".
   * @throws CancelledError when the caller has cancelled already.
   */
  constructor(server: string, task: string, caller: AbortSignal | undefined) {
    this.#server = server;
    this.#task = task;
    this.#caller = caller;
    if (caller?.aborted === true) throw this.#cancelled();
    caller?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  arm(limitMs: number): void {
    this.disarm();
    this.#timer = setTimeout(() => {
      this.#expiredAfterMs = limitMs;
      this.#controller.abort();
    }, limitMs);
  }

  disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Stops the timer, and the request if it still runs. */
  dispose(): void {
    this.disarm();
    this.#caller?.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }

  /** The error to report when the caller or the clock ended the work, else null. */
  verdict(): CancelledError | TimeoutError | null {
    if (this.#caller?.aborted === true) return this.#cancelled();
    if (this.#expiredAfterMs === null) return null;
    const seconds = Math.round(this.#expiredAfterMs / 100) / 10;
    return new TimeoutError(
      `The ${this.#server} server did not answer within ${seconds} s when asked to ${this.#task}.`,
      {
        hint: 'Look at the log of the server; a large model may need a longer time-out.',
      },
    );
  }

  readonly #onAbort = (): void => this.#controller.abort();

  #cancelled(): CancelledError {
    return new CancelledError(`Cancelled: ${this.#task}.`);
  }
}
