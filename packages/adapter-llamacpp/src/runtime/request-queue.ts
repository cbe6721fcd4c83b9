import { BusyError, CancelledError } from '@plimsoll/domain';

/** Lets one request at a time through, in order, and refuses more than a number of waiting ones. */
export class RequestQueue {
  readonly #waiting: (() => void)[] = [];
  readonly #capacity: number;
  #busy = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Whether a request runs or waits. */
  get busy(): boolean {
    return this.#busy;
  }

  /**
   * Waits for its turn and resolves to the function that ends it.
   * @throws BusyError when too many wait, CancelledError when aborted while waiting.
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted === true) throw new CancelledError('Cancelled while waiting for the model.');
    if (this.#busy) {
      if (this.#waiting.length >= this.#capacity) {
        throw new BusyError(`${this.#waiting.length} requests wait for this model already.`, {
          hint: 'Try again when some of them are done.',
        });
      }
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(go), 1);
          reject(new CancelledError('Cancelled while waiting for the model.'));
        };
        const go = (): void => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        signal?.addEventListener('abort', abort, { once: true });
        this.#waiting.push(go);
      });
    }
    this.#busy = true;
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = this.#waiting.shift();
      // The place stays taken on the way to the next one, so that nobody slips in between.
      if (next === undefined) this.#busy = false;
      else next();
    };
  }
}
