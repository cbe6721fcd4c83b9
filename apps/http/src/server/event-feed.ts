/** What a feed gives: an item, the number of those that were left out before it, or nothing for a while. */
export type Fed<Item> =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'lost'; readonly count: number }
  | { readonly kind: 'silence' };

/** Holds items for one reader, who may be slow: the last `most` are kept, and how many were not is told. */
export class EventFeed<Item> {
  readonly #most: number;
  readonly #kept: Item[] = [];
  #lost = 0;
  #wake: (() => void) | null = null;

  constructor(most = 256) {
    this.#most = most;
  }

  /** Never waits for the reader. */
  put(item: Item): void {
    this.#kept.push(item);
    if (this.#kept.length > this.#most) {
      this.#kept.shift();
      this.#lost += 1;
    }
    this.#wake?.();
  }

  /** The next of it; `silence` after so many milliseconds without any, and at once when the signal aborts. */
  async next(silenceMs: number, signal: AbortSignal): Promise<Fed<Item>> {
    if (this.#kept.length === 0 && !signal.aborted) {
      let timer: NodeJS.Timeout | undefined;
      const wake = new Promise<void>((resolve) => {
        this.#wake = resolve;
        timer = setTimeout(resolve, silenceMs);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await wake;
      clearTimeout(timer);
      this.#wake = null;
    }
    if (this.#lost > 0) {
      const count = this.#lost;
      this.#lost = 0;
      return { kind: 'lost', count };
    }
    const [item] = this.#kept.splice(0, 1);
    return item === undefined ? { kind: 'silence' } : { kind: 'item', item };
  }
}
