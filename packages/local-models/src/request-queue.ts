import { BusyError, CancelledError, throwIfCancelled } from '@plimsoll/domain';

interface Waiting {
  readonly go: () => void;
  readonly turnAway: () => void;
}

/** Lets so many requests through at a time, in order, and refuses more than a number of waiting ones. */
export class RequestQueue {
  readonly #waiting: Waiting[] = [];
  readonly #capacity: number;
  readonly #places: number;
  #inside = 0;
  #closed = false;
  #onEmpty: (() => void)[] = [];

  /** @param capacity how many may wait */
  constructor(capacity: number, places = 1) {
    this.#capacity = capacity;
    this.#places = places;
  }

  /** Whether a request runs or waits. */
  get busy(): boolean {
    return this.#inside > 0;
  }

  /**
   * Waits for a place and resolves to the function that gives it back; null when the queue was closed.
   * @throws BusyError when too many wait, CancelledError when aborted while waiting.
   */
  async enter(signal?: AbortSignal): Promise<(() => void) | null> {
    throwIfCancelled(signal, 'Cancelled while waiting for the model.');
    if (this.#closed) return null;
    if (this.#inside < this.#places) this.#inside++;
    else if (!(await this.#wait(signal))) return null;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#waiting.shift();
      // The place stays taken on the way to the next one, so that nobody slips in between.
      if (next !== undefined) next.go();
      else if (--this.#inside === 0) for (const resolve of this.#onEmpty.splice(0)) resolve();
    };
  }

  /** Turns away all who wait and all who come; those inside stay. */
  close(): void {
    this.#closed = true;
    for (const { turnAway } of this.#waiting.splice(0)) turnAway();
  }

  /** Resolves when nobody is inside. */
  async empty(): Promise<void> {
    if (this.#inside > 0) await new Promise<void>((resolve) => this.#onEmpty.push(resolve));
  }

  async #wait(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#waiting.length >= this.#capacity) {
      throw new BusyError(`${this.#waiting.length} requests wait for this model already.`, {
        hint: 'Try again when some of them are done.',
      });
    }
    return new Promise<boolean>((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new CancelledError('Cancelled while waiting for the model.'));
      };
      const settle = (admitted: boolean): void => {
        signal?.removeEventListener('abort', abort);
        resolve(admitted);
      };
      const waiting = { go: () => settle(true), turnAway: () => settle(false) };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiting);
    });
  }
}
