import type { EventBus, PlimsollEvent } from '@plimsoll/domain';

/** An event bus that remembers what was published. */
export class RecordingEventBus implements EventBus {
  readonly events: PlimsollEvent[] = [];
  readonly #listeners = new Set<(event: PlimsollEvent) => void>();

  publish(event: PlimsollEvent): void {
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  subscribe(listener: (event: PlimsollEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
