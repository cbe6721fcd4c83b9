import { setImmediate as nextTurn } from 'node:timers/promises';
import { CancelledError } from '@plimsoll/domain';
import { MAX_EVENTS_UNDERWAY } from '../engine/protocol.js';

/** How often a job looks at its messages while it computes on the main thread, milliseconds. */
const TURN_EVERY_MS = 8;

/** One running call inside the engine process: its events, its cancellation and its back-pressure. */
export class Job {
  readonly #send: (events: readonly unknown[]) => void;
  readonly #aborts = new Set<() => void>();
  readonly #wakes = new Set<() => void>();
  #events: unknown[] = [];
  #underway = 0;
  #resume: (() => void) | null = null;
  #lastTurnMs = performance.now();
  aborted = false;

  constructor(send: (events: readonly unknown[]) => void) {
    this.#send = send;
  }

  /** Whether the consumer lags behind so far that nothing more should be made for it. */
  get isFull(): boolean {
    return this.#underway + this.#events.length > MAX_EVENTS_UNDERWAY && !this.aborted;
  }

  /**
   * Keeps an event for the next message.
   * @param join makes one of the event before and this one where they may travel together
   */
  emit<Event>(event: Event, join?: (before: Event, next: Event) => Event | null): void {
    const before = this.#events.at(-1);
    const joined = before === undefined || join === undefined ? null : join(before as Event, event);
    if (joined === null) this.#events.push(event);
    else this.#events[this.#events.length - 1] = joined;
  }

  /** Sends what was emitted. */
  flush(): void {
    if (this.#events.length === 0) return;
    this.#underway += this.#events.length;
    this.#send(this.#events);
    this.#events = [];
  }

  /**
   * To be called between steps of work: every few milliseconds it sends what was emitted and lets messages in;
   * it waits while the consumer lags behind.
   * @throws CancelledError
   */
  async breathe(now = false): Promise<void> {
    if (now || performance.now() - this.#lastTurnMs > TURN_EVERY_MS) {
      this.flush();
      await nextTurn();
      this.#lastTurnMs = performance.now();
    }
    while (this.#underway > MAX_EVENTS_UNDERWAY && !this.aborted) {
      await new Promise<void>((resolve) => (this.#resume = resolve));
    }
    this.check();
  }

  /** @throws CancelledError when the call was aborted. */
  check(): void {
    if (this.aborted) throw new CancelledError('The engine was asked to stop.');
  }

  taken(count: number): void {
    this.#underway -= count;
    this.#wake();
  }

  abort(): void {
    this.aborted = true;
    for (const listener of this.#aborts) listener();
    this.#wake();
  }

  onAbort(listener: () => void): () => void {
    this.#aborts.add(listener);
    if (this.aborted) listener();
    return () => this.#aborts.delete(listener);
  }

  /** Calls the listener when the consumer has caught up or given up. */
  onWake(listener: () => void): () => void {
    this.#wakes.add(listener);
    return () => this.#wakes.delete(listener);
  }

  #wake(): void {
    for (const listener of this.#wakes) listener();
    this.#resume?.();
    this.#resume = null;
  }
}
