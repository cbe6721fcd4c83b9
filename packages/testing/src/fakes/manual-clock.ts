import { CancelledError } from '@plimsoll/domain';
import type { CallOptions, Clock } from '@plimsoll/domain';

/** A clock whose time passes only when a test says so. */
export class ManualClock implements Clock {
  #nowMs: number;
  #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(nowMs = 0) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  async sleep(durationMs: number, options: CallOptions = {}): Promise<void> {
    const signal = options.signal;
    if (signal?.aborted) throw new CancelledError('The wait was cancelled.');
    await new Promise<void>((resolve, reject) => {
      const sleeper = { atMs: this.#nowMs + durationMs, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(new CancelledError('The wait was cancelled.'));
      });
    });
  }

  /** Lets `durationMs` pass and wakes those whose time has come. */
  advance(durationMs: number): void {
    this.#nowMs += durationMs;
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs);
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.#nowMs);
    for (const { wake } of due) wake();
  }
}
