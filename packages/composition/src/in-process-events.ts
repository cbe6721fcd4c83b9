import type { EventBus, PlimsollEvent } from '@plimsoll/domain';

/** Events for listeners inside the process. */
export class InProcessEvents implements EventBus {
  readonly #listeners = new Set<(event: PlimsollEvent) => void>();

  publish(event: PlimsollEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        // A listener's defect is not the publisher's.
      }
    }
  }

  subscribe(listener: (event: PlimsollEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
