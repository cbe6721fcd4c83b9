/** Holds the newest value only: a slow reader misses some, and memory stays bounded. */
export class LatestValue<Value> {
  #value: { readonly value: Value } | null = null;
  #wake: (() => void) | null = null;

  /** Replaces the value. */
  put(value: Value): void {
    this.#value = { value };
    this.#wake?.();
  }

  /** Resolves as soon as there is a value, without taking it. For one waiter at a time. */
  async arrived(): Promise<void> {
    if (this.#value !== null) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = null;
  }

  /** Takes the value, or null when there is none. */
  take(): { readonly value: Value } | null {
    const taken = this.#value;
    this.#value = null;
    return taken;
  }
}
