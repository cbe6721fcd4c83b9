/** Hands events from a producer that pushes to a consumer that pulls, in order. */
export class EventQueue<Event> {
  readonly #events: Event[] = [];
  #wake: (() => void) | null = null;
  #end: { readonly error: unknown } | 'done' | null = null;

  push(events: readonly Event[]): void {
    if (this.#end !== null) return;
    for (const event of events) this.#events.push(event);
    this.#wake?.();
  }

  /** Ends the queue; what was pushed before is still handed out. */
  end(): void {
    this.#end ??= 'done';
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  /** All events that are waiting, or null at the end. Throws what `fail` was given. */
  async take(): Promise<readonly Event[] | null> {
    while (this.#events.length === 0 && this.#end === null) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = null;
    }
    if (this.#events.length > 0) return this.#events.splice(0);
    if (this.#end !== null && this.#end !== 'done') throw this.#end.error;
    return null;
  }
}
